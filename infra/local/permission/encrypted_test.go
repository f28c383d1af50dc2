package permission_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"voice.example/infra/local/permission"
	"voice.example/infra/local/template"
)

// TestEncrypted calls services that keep what they have by a key of the template, which they use in the caller's name.
func TestEncrypted(t *testing.T) {
	const document = `
Resources:
  DataKmsKey: {Type: AWS::KMS::Key}
  Things: {Type: AWS::DynamoDB::Table, Properties: {TableName: things, SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt DataKmsKey.Arn}}}
  Work: {Type: AWS::SQS::Queue, Properties: {QueueName: work, KmsMasterKeyId: !GetAtt DataKmsKey.Arn}}
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: news, KmsMasterKeyId: alias/aws/sns}}
  Files:
    Type: AWS::S3::Bucket
    Properties: {BucketName: files, BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt DataKmsKey.Arn}}]}}
  WorkRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ['dynamodb:*', 'sqs:*', 'sns:*', 's3:*'], Resource: ['arn:aws:dynamodb:*', 'arn:aws:sqs:*', 'arn:aws:sns:*', 'arn:aws:s3:*']}
              - Effect: Allow
                Action: ACTIONS
                Resource: !GetAtt DataKmsKey.Arn
                Condition: {StringEquals: {kms:ViaService: SERVICES}}
`
	of := func(service string) string { return service + ".us-east-1.amazonaws.com" }
	for name, test := range map[string]struct {
		actions, services string
		call              func() (*http.Request, string)
		want              string // "" when it is allowed
	}{
		"Table":                 {"kms:Decrypt", of("dynamodb"), query, ""},
		"ErrTable":              {"kms:GenerateDataKey", of("dynamodb"), query, "kms:Decrypt"},
		"ErrThroughAnother":     {"kms:Decrypt", of("s3"), query, "kms:Decrypt"},
		"Object":                {"kms:GenerateDataKey", of("s3"), put, ""},
		"ErrObject":             {"kms:Decrypt", of("s3"), put, "kms:GenerateDataKey"},
		"Message":               {"[kms:GenerateDataKey, kms:Decrypt]", of("sqs"), send, ""},
		"ErrMessage":            {"[kms:GenerateDataKey]", of("sqs"), send, "kms:Decrypt"},
		"KeyOfAWSNeedsNothing":  {"kms:Decrypt", of("s3"), publish, ""},
		"OneOfSeveralServices":  {"kms:Decrypt", "[" + of("s3") + ", " + of("dynamodb") + "]", query, ""},
		"ErrEnvironmentsKeyNot": {"kms:Decrypt", of("lambda"), query, "kms:Decrypt"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer("ACTIONS", test.actions, "SERVICES", test.services).Replace(document)
			parsed, err := template.Parse([]byte(text), template.Options{})
			if err != nil {
				t.Fatal(err)
			}
			p, err := permission.Read(parsed)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), permission.FileName)
			record, err := permission.OpenRecord(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer record.Close()
			said := ""
			gate := permission.NewGate(p, record, func(format string, args ...any) { said += fmt.Sprintf(format, args...) })
			role, _ := p.Role("arn:aws:iam::000000000000:role/voice-WorkRole")
			r, service := test.call()
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+gate.Admit(role, "work")+"/20261126/us-east-1/"+service+"/aws4_request, Signature=0")
			gate.Before(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(httptest.NewRecorder(), r)
			if test.want == "" && said != "" || !strings.Contains(said, test.want) {
				t.Fatalf("said %q, want %q", said, test.want)
			}
			lines, err := permission.ReadRecord(path)
			if err != nil {
				t.Fatal(err)
			}
			if service == "dynamodb" && test.want == "" && !slices.ContainsFunc(lines, func(l permission.Line) bool {
				return l.Kind == permission.Used && l.Action == "kms:Decrypt" && l.When == "kms:ViaService "+of("dynamodb")
			}) {
				t.Errorf("it is not noted for which service: %+v", lines)
			}
		})
	}
}

func query() (*http.Request, string) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"TableName":"things","IndexName":"by_name"}`))
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.Query")
	return r, "dynamodb"
}

func put() (*http.Request, string) {
	return httptest.NewRequest(http.MethodPut, "/files/a/b", strings.NewReader("x")), "s3"
}

func send() (*http.Request, string) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"QueueUrl":"http://q/000000000000/work"}`))
	r.Header.Set("X-Amz-Target", "AmazonSQS.SendMessage")
	return r, "sqs"
}

func publish() (*http.Request, string) {
	return httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=Publish&TopicArn=arn:aws:sns:us-east-1:000000000000:news")), "sns"
}
