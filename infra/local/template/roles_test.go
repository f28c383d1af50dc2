package template_test

import (
	"reflect"
	"strings"
	"testing"

	"voice.example/infra/local/template"
)

const someRoles = `
Parameters:
  Extra: {Type: String, Default: 'yes'}
Conditions:
  MoreIsAllowed: !Equals [!Ref Extra, 'yes']
Resources:
  ThingTable: {Type: AWS::DynamoDB::Table}
  Machine: {Type: AWS::Serverless::StateMachine}
  FileBucket: {Type: AWS::S3::Bucket}
  WorkRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: [dynamodb:GetItem, dynamodb:PutItem]
                Resource: !GetAtt ThingTable.Arn
              - !If
                - MoreIsAllowed
                - {Sid: More, Effect: Deny, Action: 'sns:*', Resource: '*', Condition: {Bool: {aws:SecureTransport: false}}}
                - !Ref AWS::NoValue
  Beside:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: beside
      Roles: [!Ref WorkRole]
      PolicyDocument: {Statement: [{Effect: Allow, Action: states:StartExecution, Resource: !Ref Machine}]}
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref WorkRole]
      PolicyDocument: {Statement: {Effect: Allow, Action: states:DescribeExecution, Resource: !Sub 'execution:${Machine.Name}:*'}}
  FilesPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref FileBucket
      PolicyDocument:
        Statement:
          - {Effect: Deny, Principal: '*', Action: s3:PutObject, Resource: !Sub '${FileBucket.Arn}/x', Condition: {ArnNotEquals: {aws:PrincipalArn: [!GetAtt WorkRole.Arn]}}}
          - {Effect: Allow, Principal: {Service: [s3.amazonaws.com]}, Action: s3:GetObject, Resource: '*'}
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties:
      Role: !GetAtt WorkRole.Arn
      LoggingConfig: {LogGroup: work}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: 'arn:aws:sqs:us-east-1:000000000000:letters'}}}
`

func TestRoles(t *testing.T) {
	parsed := parse(t, someRoles, template.Options{})
	roles, err := parsed.Roles()
	if err != nil || len(roles) != 1 {
		t.Fatalf("roles = %+v, %v", roles, err)
	}
	role := roles[0]
	t.Run("HasItsOwnPolicies", func(t *testing.T) {
		if role.ARN != "arn:aws:iam::000000000000:role/voice-WorkRole" || !reflect.DeepEqual(role.Services, []string{"lambda.amazonaws.com"}) {
			t.Errorf("%+v", role)
		}
		want := template.Statement{Policy: "own", Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"},
			Resources: []string{"arn:aws:dynamodb:us-east-1:000000000000:table/voice-ThingTable"}}
		if !reflect.DeepEqual(role.Statements[0], want) {
			t.Errorf("%+v", role.Statements[0])
		}
	})
	t.Run("HasStatementsOnAConditionOfTheTemplate", func(t *testing.T) {
		want := template.Statement{Policy: "own", Sid: "More", Deny: true, Actions: []string{"sns:*"}, Resources: []string{"*"},
			Conditions: []template.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"false"}}}}
		if !reflect.DeepEqual(role.Statements[1], want) {
			t.Errorf("%+v", role.Statements[1])
		}
		less, err := parse(t, someRoles, template.Options{Parameters: map[string]string{"Extra": "no"}}).Roles()
		if err != nil || len(less[0].Statements) != len(role.Statements)-1 {
			t.Errorf("%+v, %v", less, err)
		}
	})
	t.Run("HasThePoliciesBesideIt", func(t *testing.T) {
		if n := len(role.Statements); n != 4 {
			t.Fatalf("%d statements", n)
		}
		if s := role.Statements[2]; s.Policy != "beside" || s.Resources[0] != "arn:aws:states:us-east-1:000000000000:stateMachine:voice-Machine" {
			t.Errorf("%+v", s)
		}
		if s := role.Statements[3]; s.Resources[0] != "execution:voice-Machine:*" {
			t.Errorf("%+v", s)
		}
	})
	t.Run("FunctionNamesItsRole", func(t *testing.T) {
		functions, err := parsed.Functions()
		if err != nil || functions[0].RoleARN != role.ARN || functions[0].LogGroup != "work" || len(functions[0].Failures) != 1 {
			t.Errorf("%+v, %v", functions, err)
		}
	})
	t.Run("ResourcesHavePolicies", func(t *testing.T) {
		own, err := parsed.ResourcePolicies()
		if err != nil || len(own) != 2 || !own[0].Everybody || own[1].Everybody || own[1].Services[0] != "s3.amazonaws.com" {
			t.Fatalf("%+v, %v", own, err)
		}
		if c := own[0].Conditions[0]; c.Operator != "ArnNotEquals" || c.Values[0] != role.ARN {
			t.Errorf("%+v", c)
		}
	})
	for name, change := range map[string][2]string{
		"ErrNotAction":   {"Action: states:StartExecution", "NotAction: states:StartExecution"},
		"ErrEffect":      {"Effect: Allow, Action: states:StartExecution", "Effect: Perhaps, Action: states:StartExecution"},
		"ErrNoSuchRole":  {"PolicyName: beside\n      Roles: [!Ref WorkRole]", "PolicyName: beside\n      Roles: [other]"},
		"ErrPolicyOfAWS": {"      Policies:\n", "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n      Policies:\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(someRoles, change[0], change[1], 1)
			if text == someRoles {
				t.Fatal("nothing was changed")
			}
			if err := parse(t, text, template.Options{}).Check(); err == nil || !strings.Contains(err.Error(), "line ") {
				t.Fatalf("err = %v", err)
			}
		})
	}
}
