package permission_test

import (
	"strings"
	"testing"

	"voice.example/infra/local/permission"
	"voice.example/infra/local/template"
)

const account = "arn:aws:dynamodb:us-east-1:000000000000:table/"

// policies are of a role which may do the statements, and of what a bucket denies to others.
func policies(t *testing.T, statements string) *permission.Policies {
	t.Helper()
	parsed := parsed(t, statements)
	p, err := permission.Read(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func parsed(t *testing.T, statements string) *template.Template {
	t.Helper()
	p, err := template.Parse([]byte(`
Resources:
  WorkRole:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [`+statements+`]}}]
  OtherRole: {Type: AWS::IAM::Role}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files}}
  FilesPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument:
        Statement:
          - {Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::files/*', Condition: {Bool: {aws:SecureTransport: 'false'}}}
          - {Effect: Deny, Principal: '*', Action: s3:PutObject, Resource: 'arn:aws:s3:::files/plans/*', Condition: {ArnNotEquals: {aws:PrincipalArn: [!GetAtt OtherRole.Arn]}}}
`), template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDecide(t *testing.T) {
	read := `{Effect: Allow, Action: [dynamodb:GetItem, 'sqs:*'], Resource: ['` + account + `things', 'arn:aws:sqs:*:*:work-?']}`
	text := `{Effect: Allow, Action: sns:Publish, Resource: '*'}, {Effect: Deny, Action: sns:Publish, Resource: 'arn:aws:sns:*:*:*'}`
	mail := `{Effect: Allow, Action: ses:SendEmail, Resource: 'arn:aws:ses:::identity/b.example', Condition: {StringEquals: {ses:FromAddress: a@b.example}}}`
	from := func(who string) map[string]string { return map[string]string{"ses:fromaddress": who} }
	for name, test := range map[string]struct {
		statements string
		need       permission.Need
		allowed    bool
	}{
		"ActionAndResource":            {read, permission.Need{Action: "dynamodb:GetItem", Resource: account + "things"}, true},
		"ActionsHaveNoCapitals":        {read, permission.Need{Action: "DynamoDB:getitem", Resource: account + "things"}, true},
		"ErrOtherAction":               {read, permission.Need{Action: "dynamodb:PutItem", Resource: account + "things"}, false},
		"ErrOtherResource":             {read, permission.Need{Action: "dynamodb:GetItem", Resource: account + "thing"}, false},
		"ErrIndexIsNotItsTable":        {read, permission.Need{Action: "dynamodb:GetItem", Resource: account + "things/index/by_name"}, false},
		"ErrResourcesHaveCapitals":     {read, permission.Need{Action: "dynamodb:GetItem", Resource: account + "Things"}, false},
		"Wildcards":                    {read, permission.Need{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:000000000000:work-1"}, true},
		"ErrOneCharacterIsNotTwo":      {read, permission.Need{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:000000000000:work-12"}, false},
		"PhoneHasNoName":               {text, permission.Need{Action: "sns:Publish", Resource: "*"}, true},
		"ErrDenyStandsOverAllow":       {text, permission.Need{Action: "sns:Publish", Resource: "arn:aws:sns:us-east-1:000000000000:news"}, false},
		"ConditionHolds":               {mail, permission.Need{Action: "ses:SendEmail", Resource: "arn:aws:ses:::identity/b.example", Context: from("a@b.example")}, true},
		"ErrConditionDoesNotHold":      {mail, permission.Need{Action: "ses:SendEmail", Resource: "arn:aws:ses:::identity/b.example", Context: from("c@b.example")}, false},
		"ErrConditionOnWhatIsNotThere": {mail, permission.Need{Action: "ses:SendEmail", Resource: "arn:aws:ses:::identity/b.example"}, false},
		"OneOfSeveralIsEnough": {mail, permission.Need{Action: "ses:SendEmail", Resource: "arn:aws:ses:::identity/a@b.example",
			Or: []string{"arn:aws:ses:::identity/b.example"}, Context: from("a@b.example")}, true},
		"BucketDeniesOthers": {`{Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::files/*'}`,
			permission.Need{Action: "s3:PutObject", Resource: "arn:aws:s3:::files/uploads/x"}, true},
		"ErrBucketDeniesThisRole": {`{Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::files/*'}`,
			permission.Need{Action: "s3:PutObject", Resource: "arn:aws:s3:::files/plans/x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := policies(t, test.statements).Decide("WorkRole", test.need)
			if d.Allowed != test.allowed || d.Allowed != (len(d.By) > 0) || d.Allowed != (d.Why == "") {
				t.Fatalf("%+v", d)
			}
		})
	}
	t.Run("SaysWhichGrantAllowed", func(t *testing.T) {
		d := policies(t, read).Decide("WorkRole", permission.Need{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:000000000000:work-1"})
		if want := (permission.Grant{Role: "WorkRole", Action: "sqs:*", Resource: "arn:aws:sqs:*:*:work-?"}); len(d.By) != 1 || d.By[0] != want {
			t.Fatalf("%+v", d)
		}
	})
	t.Run("ErrUnknownCondition", func(t *testing.T) {
		_, err := permission.Read(parsed(t, `{Effect: Allow, Action: a:b, Resource: c, Condition: {DateLessThan: {aws:CurrentTime: x}}}`))
		if err == nil || !strings.Contains(err.Error(), "DateLessThan") {
			t.Fatalf("err = %v", err)
		}
	})
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"*", "", true}, {"*", "any:thing", true}, {"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "abcb", false},
		{"a*b*c", "axxbxbyyc", true}, {"a?c", "abc", true}, {"a?c", "ac", false}, {"abc", "abcd", false}, {"*bc", "abcbc", true}, {"a**", "a", true},
	} {
		if got := permission.Matches(test.pattern, test.text); got != test.want {
			t.Errorf("%q fits %q: %v", test.pattern, test.text, got)
		}
	}
}

func TestLambda(t *testing.T) {
	f := template.Function{LogicalID: "WorkFunction", Name: "voice-WorkFunction", LogGroup: "work",
		Queues:   []template.QueueSource{{QueueARN: "arn:aws:sqs:us-east-1:000000000000:work"}},
		Streams:  []template.StreamSource{{Table: template.Table{Name: "things"}, OnFailureARN: "arn:aws:s3:::failures"}},
		Failures: []string{"arn:aws:sqs:us-east-1:000000000000:letters"},
	}
	enough := []string{
		`{Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: 'arn:aws:logs:us-east-1:000000000000:log-group:work:*'}`,
		`{Effect: Allow, Action: [sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes], Resource: 'arn:aws:sqs:us-east-1:000000000000:work'}`,
		`{Effect: Allow, Action: [dynamodb:GetRecords, dynamodb:GetShardIterator, dynamodb:DescribeStream, dynamodb:ListStreams], Resource: '` + account + `things/stream/local'}`,
		`{Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::failures/*'}`,
		`{Effect: Allow, Action: s3:ListBucket, Resource: 'arn:aws:s3:::failures'}`,
		`{Effect: Allow, Action: sqs:SendMessage, Resource: 'arn:aws:sqs:us-east-1:000000000000:letters'}`,
	}
	lambda := func(statements []string) error {
		p := policies(t, strings.Join(statements, ", "))
		role, _ := p.Role("arn:aws:iam::000000000000:role/voice-WorkRole")
		return p.Lambda(role, f, nil)
	}
	t.Run("OK", func(t *testing.T) {
		if err := lambda(enough); err != nil {
			t.Fatal(err)
		}
	})
	for i, name := range []string{"ErrLog", "ErrQueue", "ErrStream", "ErrFailuresBucket", "ErrFailuresBucketList", "ErrDeadLetters"} {
		t.Run(name, func(t *testing.T) {
			var rest []string
			for j, s := range enough {
				if j != i {
					rest = append(rest, s)
				}
			}
			if err := lambda(rest); err == nil || !strings.Contains(err.Error(), "add ") {
				t.Fatalf("err = %v", err)
			}
		})
	}
}
