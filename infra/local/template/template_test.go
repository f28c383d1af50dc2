package template_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/template"
)

func parse(t *testing.T, text string, options template.Options) *template.Template {
	t.Helper()
	parsed, err := template.Parse([]byte(text), options)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// variable evaluates an expression as the value of a function's environment variable.
func variable(t *testing.T, expression string) (string, error) {
	t.Helper()
	parsed := parse(t, `
Parameters:
  Stage: {Type: String, Default: test, AllowedValues: [test, live]}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
Mappings:
  Sizes: {test: {memory: 128}, live: {memory: 512}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: !Not [Condition: IsLive]
  Both: !And [!Condition IsTest, !Equals [1, '1']]
  Either: !Or [!Condition IsLive, !Condition IsTest]
  Round: !Condition Round
Resources:
  ThingTable:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: !Sub '${Stage}-things', StreamSpecification: {StreamViewType: KEYS_ONLY}}
  WorkQueue: {Type: AWS::SQS::Queue}
  NewsTopic: {Type: AWS::SNS::Topic}
  FileBucket: {Type: AWS::S3::Bucket}
  Never: {Type: AWS::SQS::Queue, Condition: IsLive}
  Api: {Type: AWS::Serverless::HttpApi}
  Key: {Type: AWS::SecretsManager::Secret}
  SomeRole: {Type: AWS::IAM::Role}
  SomeAlarm: {Type: AWS::CloudWatch::Alarm}
  ProbeFunction:
    Type: AWS::Serverless::Function
    Properties: {Environment: {Variables: {X: `+expression+`}}}
`, template.Options{
		APIEndpoint: "http://localhost:8080", QueueEndpoint: "http://127.0.0.1:9911",
		Secret: func(name string) (string, error) {
			if strings.HasSuffix(name, "voice-Key") {
				return `{"password":"s3cret"}`, nil
			}
			return "", errors.New("there is no secret " + name)
		},
	})
	functions, err := parsed.Functions()
	if err != nil {
		return "", err
	}
	return functions[0].Environment["X"], nil
}

func TestIntrinsics(t *testing.T) {
	for name, test := range map[string]struct{ expression, want string }{
		"RefParameter":        {`!Ref Stage`, "test"},
		"RefLongForm":         {`{Ref: Stage}`, "test"},
		"RefPseudo":           {`!Ref AWS::Region`, "us-east-1"},
		"RefTable":            {`!Ref ThingTable`, "test-things"},
		"RefQueueIsItsURL":    {`!Ref WorkQueue`, "http://127.0.0.1:9911/000000000000/voice-WorkQueue"},
		"RefTopicIsItsARN":    {`!Ref NewsTopic`, "arn:aws:sns:us-east-1:000000000000:voice-NewsTopic"},
		"RefBucketIsLower":    {`!Ref FileBucket`, "voice-filebucket"},
		"GetAttArn":           {`!GetAtt ThingTable.Arn`, "arn:aws:dynamodb:us-east-1:000000000000:table/test-things"},
		"GetAttList":          {`!GetAtt [WorkQueue, QueueName]`, "voice-WorkQueue"},
		"GetAttLongForm":      {`{Fn::GetAtt: [WorkQueue, Arn]}`, "arn:aws:sqs:us-east-1:000000000000:voice-WorkQueue"},
		"GetAttApiEndpoint":   {`!GetAtt Api.ApiEndpoint`, "http://localhost:8080"},
		"GetAttRoleSAMMakes":  {`!GetAtt ProbeFunctionRole.Arn`, "arn:aws:iam::000000000000:role/voice-ProbeFunctionRole"},
		"GetAttRole":          {`!GetAtt SomeRole.Arn`, "arn:aws:iam::000000000000:role/voice-SomeRole"},
		"GetAttIgnoredType":   {`!GetAtt SomeAlarm.Arn`, "arn:aws:cloudwatch:us-east-1:000000000000:voice-SomeAlarm"},
		"Sub":                 {`!Sub '${Stage}/${ThingTable.Arn}/${!Kept}'`, "test/arn:aws:dynamodb:us-east-1:000000000000:table/test-things/${Kept}"},
		"SubWithNames":        {`!Sub ['${A}-${Stage}', {A: !Ref AWS::Partition}]`, "aws-test"},
		"SubLongForm":         {`{Fn::Sub: '${AWS::StackName}'}`, "voice"},
		"Join":                {`!Join [':', [a, !Ref Stage, 3]]`, "a:test:3"},
		"JoinList":            {`!Join ['+', !Ref Zones]`, "a+b"},
		"IfThen":              {`!If [IsTest, yes, !Ref Never]`, "yes"},
		"IfElse":              {`!If [IsLive, !Ref Never, no]`, "no"},
		"And":                 {`!If [Both, yes, no]`, "yes"},
		"Or":                  {`!If [Either, yes, no]`, "yes"},
		"SelectSplit":         {`!Select [1, !Split [',', 'x,y,z']]`, "y"},
		"FindInMap":           {`!FindInMap [Sizes, !Ref Stage, memory]`, "128"},
		"NoValueIsLeftOut":    {`!Join [',', [a, !Ref AWS::NoValue, b]]`, "a,b"},
		"SecretKey":           {`!Sub '{{resolve:secretsmanager:${Key}:SecretString:password}}!'`, "s3cret!"},
		"SecretWhole":         {`!Sub '{{resolve:secretsmanager:${Key}}}'`, `{"password":"s3cret"}`},
		"NumberBecomesText":   {`0.5`, "0.5"},
		"BooleanBecomesText":  {`true`, "true"},
		"LeadingZerosAreKept": {`'007'`, "007"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := variable(t, test.expression)
			if err != nil || got != test.want {
				t.Fatalf("%s = %q, %v; want %q", test.expression, got, err, test.want)
			}
		})
	}

	for name, test := range map[string]struct{ expression, want string }{
		"ErrNoSuchReference": {`!Ref Nowhere`, "Nowhere"},
		"ErrNotMade":         {`!Ref Never`, "IsLive does not hold"},
		"ErrNoSuchCondition": {`!If [Nonsense, a, b]`, "Nonsense"},
		"ErrUnknownFunction": {`!Cidr [a, b]`, "!Cidr"},
		"ErrUnknownLongForm": {`{Fn::Cidr: [a, b]}`, "!Cidr"},
		"ErrNoAttribute":     {`!GetAtt WorkQueue.Colour`, "Colour"},
		"ErrNoMapEntry":      {`!FindInMap [Sizes, test, colour]`, "Sizes.test.colour"},
		"ErrSelectOutside":   {`!Select [5, [a]]`, "5"},
		"ErrCondRefersSelf":  {`!If [Round, a, b]`, "itself"},
		"ErrNoSuchSecret":    {`'{{resolve:secretsmanager:other}}'`, "other"},
		"ErrOtherResolver":   {`'{{resolve:ssm:other}}'`, "ssm"},
		"ErrNotText":         {`[a, b]`, "variable X"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := variable(t, test.expression)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "line ") {
				t.Fatalf("%s = %q, %v; want an error with a line and %q", test.expression, got, err, test.want)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	const text = `
Parameters:
  Stage: {Type: String, Default: test, AllowedValues: [test, live]}
Resources:
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Stage}}
`
	t.Run("Override", func(t *testing.T) {
		queues, err := parse(t, text, template.Options{Parameters: map[string]string{"Stage": "live"}}).Queues()
		if err != nil || queues[0].Name != "live" {
			t.Fatalf("queues = %+v, %v", queues, err)
		}
	})
	for name, parameters := range map[string]map[string]string{
		"ErrNotAllowed":       {"Stage": "prod"},
		"ErrUnknownParameter": {"Stag": "live"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := template.Parse([]byte(text), template.Options{Parameters: parameters}); err == nil {
				t.Fatal("no error")
			}
		})
	}
	for name, test := range map[string]struct {
		rule, value string
		ok          bool
	}{
		"PatternMatches":  {"AllowedPattern: '^$|[a-z]+'", "abc", true},
		"ErrPattern":      {"AllowedPattern: '[a-z]+'", "abc1", false},
		"LengthAtTheEdge": {"MaxLength: 3", "abc", true},
		"ErrTooLong":      {"MaxLength: 3", "abcd", false},
		"ErrTooShort":     {"MinLength: 3", "ab", false},
		"ValueInBounds":   {"MinValue: 1, MaxValue: 9", "9", true},
		"ErrTooBig":       {"MinValue: 1, MaxValue: 9", "10", false},
		"ErrTooSmall":     {"MinValue: 1", "0", false},
		"ErrNoNumber":     {"MinValue: 1", "many", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := template.Parse([]byte("Parameters: {P: {Type: String, "+test.rule+"}}\nResources: {A: {Type: AWS::SQS::Queue}}"),
				template.Options{Parameters: map[string]string{"P": test.value}})
			if (err == nil) != test.ok {
				t.Fatalf("err = %v", err)
			}
		})
	}
	t.Run("ErrNoDefault", func(t *testing.T) {
		_, err := template.Parse([]byte("Parameters: {P: {Type: String}}\nResources: {A: {Type: AWS::SQS::Queue}}"), template.Options{})
		if err == nil || !strings.Contains(err.Error(), "--param P=") {
			t.Fatalf("err = %v", err)
		}
	})
}

func TestModel(t *testing.T) {
	const text = `
Globals:
  Function: {Timeout: 7, MemorySize: 256, Environment: {Variables: {A: global, B: global}}}
Resources:
  ThingTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Dead: {Type: AWS::SQS::Queue}
  Work:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: '60', RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
  News: {Type: AWS::SNS::Topic}
  NewsToWork:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Work.Arn, RawMessageDelivery: true, FilterPolicy: {kind: [x]}}
  NewsByMail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref News, Protocol: email, Endpoint: staff@agency.example}}
  Files:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      NotificationConfiguration:
        QueueConfigurations:
          - {Event: 's3:ObjectCreated:*', Queue: !GetAtt Work.Arn, Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}
  ThingsFunction:
    Type: AWS::Serverless::Function
    Properties:
      ReservedConcurrentExecutions: 2
      Environment: {Variables: {B: own}}
      Events:
        Get: {Type: HttpApi, Properties: {Method: get, Path: '/things/{id}'}}
        Rest: {Type: HttpApi}
        Stream:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt ThingTable.StreamArn
            StartingPosition: TRIM_HORIZON
            MaximumRetryAttempts: 0
            MaximumRecordAgeInSeconds: 3600
            FunctionResponseTypes: [ReportBatchItemFailures]
            DestinationConfig: {OnFailure: {Destination: !GetAtt Files.Arn}}
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn, BatchSize: 5, ScalingConfig: {MaximumConcurrency: 4}}}
        Off: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn, Enabled: false}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(5 minutes), Input: '{"a":1}'}}
`
	parsed := parse(t, text, template.Options{})
	if err := parsed.Check(); err != nil {
		t.Fatal(err)
	}
	functions, err := parsed.Functions()
	if err != nil {
		t.Fatal(err)
	}
	f := functions[0]

	t.Run("GlobalsAreFilledIn", func(t *testing.T) {
		want := map[string]string{"A": "global", "B": "own"}
		if f.Folder != "things" || f.Timeout != 7*time.Second || f.MemoryMB != 256 || *f.Concurrency != 2 || !reflect.DeepEqual(f.Environment, want) {
			t.Fatalf("function = %+v", f)
		}
	})
	t.Run("Routes", func(t *testing.T) {
		if len(f.Routes) != 2 || f.Routes[0].Key() != "GET /things/{id}" || f.Routes[1].Key() != "$default" {
			t.Fatalf("routes = %+v", f.Routes)
		}
	})
	t.Run("StreamSource", func(t *testing.T) {
		s := f.Streams[0]
		if s.Table.Name != "voice-ThingTable" || s.MaximumRetryAttempts == nil || *s.MaximumRetryAttempts != 0 ||
			s.MaximumRecordAge != time.Hour || !s.ReportBatchItemFailures || s.OnFailureARN != "arn:aws:s3:::voice-files" {
			t.Fatalf("source = %+v", s)
		}
	})
	t.Run("QueueSourceAndOneDisabled", func(t *testing.T) {
		if len(f.Queues) != 1 || f.Queues[0].BatchSize != 5 || f.Queues[0].MaximumConcurrency != 4 || f.Queues[0].ReportBatchItemFailures {
			t.Fatalf("sources = %+v", f.Queues)
		}
	})
	t.Run("Schedule", func(t *testing.T) {
		if len(f.Schedules) != 1 || f.Schedules[0].Every != 5*time.Minute || string(f.Schedules[0].Input) != `{"a":1}` {
			t.Fatalf("schedules = %+v", f.Schedules)
		}
	})
	t.Run("QueueWithRedrive", func(t *testing.T) {
		queues, _ := parsed.Queues()
		if q := queues[1]; q.VisibilityTimeout != time.Minute || q.DeadLetterARN != queues[0].ARN || q.MaxReceiveCount != 3 {
			t.Fatalf("queue = %+v", q)
		}
	})
	t.Run("TopicWithSubscriptionButNoMail", func(t *testing.T) {
		topics, _ := parsed.Topics()
		if s := topics[0].Subscriptions; len(s) != 2 || s[1].Address != "staff@agency.example" || !s[0].RawMessageDelivery || string(s[0].FilterPolicy) != `{"kind":["x"]}` {
			t.Fatalf("topic = %+v", topics[0])
		}
	})
	t.Run("BucketWithNotification", func(t *testing.T) {
		buckets, _ := parsed.Buckets()
		if b := buckets[0]; !b.Versioned || len(b.Notifications) != 1 || b.Notifications[0].Prefix != "in/" {
			t.Fatalf("bucket = %+v", b)
		}
	})
}

func TestCheck(t *testing.T) {
	function := func(events string) string {
		return "Resources:\n  Work: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 5}}\n  AFunction:\n    Type: AWS::Serverless::Function\n    Properties: {Timeout: 10, Events: {E: " + events + "}}\n"
	}
	for name, test := range map[string]struct{ text, want string }{
		"ErrUnknownResource":     {"Resources:\n  V: {Type: AWS::EC2::Vpc}\n", "line 2: V: the local runner does not know resources of type AWS::EC2::Vpc"},
		"ErrUnknownEvent":        {function("{Type: Kinesis}"), "Kinesis"},
		"ErrUnknownSetting":      {function("{Type: SQS, Properties: {Queue: !GetAtt Work.Arn, Colour: red}}"), "Colour"},
		"ErrVisibilityTooShort":  {function("{Type: SQS, Properties: {Queue: !GetAtt Work.Arn}}"), "Lambda refuses"},
		"ErrSchedule":            {function("{Type: Schedule, Properties: {Schedule: 'cron(0 12 * * ? *)'}}"), "cron"},
		"ErrStreamOfNoTable":     {function("{Type: DynamoDB, Properties: {Stream: 'arn:x'}}"), "arn:x"},
		"ErrSubscriptionByPost":  {"Resources:\n  T: {Type: AWS::SNS::Topic}\n  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: https, Endpoint: 'https://x'}}\n", "not by https"},
		"ErrPolicyRefersNowhere": {"Resources:\n  R: {Type: AWS::IAM::Role, Properties: {A: [!Ref Gone]}}\n", "Gone"},
		"ErrOutputRefersNowhere": {"Resources:\n  Q: {Type: AWS::SQS::Queue}\nOutputs:\n  O: {Value: !Ref Gone}\n", "Gone"},
		"ErrAuthorizer":          {"Resources:\n  A: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: X}}}\n", "Auth"},
	} {
		t.Run(name, func(t *testing.T) {
			err := parse(t, test.text, template.Options{}).Check()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("err = %v, want %q", err, test.want)
			}
		})
	}

	t.Run("TheProjectsOwnTemplate", func(t *testing.T) {
		parsed, err := template.Load("../../../template.yaml", template.Options{
			Parameters: map[string]string{"UploadsBucketName": "voice-uploads", "StaffEmail": "staff@agency.example"},
			Secret:     func(string) (string, error) { return "x", nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLogSources(t *testing.T) {
	const text = `
Resources:
  TextLogs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub 'sns/${AWS::Region}/texts'}
  ReaderFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Texts: {Type: CloudWatchLogs, Properties: {LogGroupName: !Ref TextLogs, FilterPattern: 'PATTERN'}}
`
	t.Run("OK", func(t *testing.T) {
		functions, err := parse(t, strings.Replace(text, "PATTERN", "", 1), template.Options{}).Functions()
		if err != nil {
			t.Fatal(err)
		}
		want := []template.LogSource{{Event: "Texts", LogGroup: "sns/us-east-1/texts"}}
		if !reflect.DeepEqual(functions[0].Logs, want) {
			t.Errorf("got %+v", functions[0].Logs)
		}
	})
	const events = `
  SmsEvents: {Type: AWS::Logs::LogGroup}
  SmsSettings:
    Type: AWS::SMSVOICE::ConfigurationSet
    Properties:
      EventDestinations:
        - {EventDestinationName: a, Enabled: true, MatchingEventTypes: [TEXT_ALL], CloudWatchLogsDestination: {LogGroupArn: !GetAtt SmsEvents.Arn}}
        - {EventDestinationName: b, Enabled: false, MatchingEventTypes: [TEXT_ALL], CloudWatchLogsDestination: {LogGroupArn: !GetAtt SmsEvents.Arn}}
  ToReader:
    Type: AWS::Logs::SubscriptionFilter
    Properties: {LogGroupName: !Ref SmsEvents, FilterPattern: '', DestinationArn: !GetAtt ReaderFunction.Arn}
`
	t.Run("BySubscriptionFilter", func(t *testing.T) {
		parsed := parse(t, strings.Replace(text, "PATTERN", "", 1)+events, template.Options{})
		functions, err := parsed.Functions()
		if err != nil {
			t.Fatal(err)
		}
		want := []template.LogSource{{Event: "Texts", LogGroup: "sns/us-east-1/texts"}, {Event: "ToReader", LogGroup: "voice-SmsEvents"}}
		if !reflect.DeepEqual(functions[0].Logs, want) {
			t.Errorf("got %+v", functions[0].Logs)
		}
		if groups, err := parsed.SMSEventGroups(); err != nil || !reflect.DeepEqual(groups, []string{"voice-SmsEvents"}) {
			t.Errorf("got %q, %v", groups, err)
		}
		if err := parsed.Check(); err != nil {
			t.Error(err)
		}
	})
	for name, change := range map[string][2]string{
		"ErrFilterPattern":      {"FilterPattern: ''", "FilterPattern: ERROR"},
		"ErrFilterToNoFunction": {"!GetAtt ReaderFunction.Arn", "!Ref SmsEvents"},
		"ErrSomeTextsOnly":      {"MatchingEventTypes: [TEXT_ALL]", "MatchingEventTypes: [TEXT_SPAM]"},
		"ErrNoLogGroup":         {"CloudWatchLogsDestination", "SnsDestination"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(events, change[0], change[1], 1)
			if err := parse(t, strings.Replace(text, "PATTERN", "", 1)+changed, template.Options{}).Check(); err == nil {
				t.Error("no error")
			}
		})
	}
	t.Run("ErrPattern", func(t *testing.T) {
		if _, err := parse(t, strings.Replace(text, "PATTERN", "ERROR", 1), template.Options{}).Functions(); err == nil || !strings.Contains(err.Error(), "ERROR") {
			t.Errorf("got %v", err)
		}
	})
}
