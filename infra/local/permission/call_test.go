package permission_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"voice.example/infra/local/permission"
)

func TestNeeds(t *testing.T) {
	const (
		here  = ":us-east-1:000000000000:"
		files = "arn:aws:s3:::files"
	)
	for name, test := range map[string]struct {
		service, method, target, path, body string
		want                                []string // "action resource"
	}{
		"GetItem":        {"dynamodb", "POST", "DynamoDB_20120810.GetItem", "/", `{"TableName":"t","Key":{}}`, []string{"dynamodb:GetItem " + account + "t"}},
		"QueryOfAnIndex": {"dynamodb", "POST", "DynamoDB_20120810.Query", "/", `{"TableName":"t","IndexName":"i"}`, []string{"dynamodb:Query " + account + "t/index/i"}},
		"TableByItsARN":  {"dynamodb", "POST", "DynamoDB_20120810.Scan", "/", `{"TableName":"arn:aws:x"}`, []string{"dynamodb:Scan arn:aws:x"}},
		"BatchGetItem":   {"dynamodb", "POST", "DynamoDB_20120810.BatchGetItem", "/", `{"RequestItems":{"t":{}}}`, []string{"dynamodb:BatchGetItem " + account + "t"}},
		"Transaction": {"dynamodb", "POST", "DynamoDB_20120810.TransactWriteItems", "/",
			`{"TransactItems":[{"Put":{"TableName":"a"}},{"Update":{"TableName":"b"}},{"Delete":{"TableName":"c"}},{"ConditionCheck":{"TableName":"d"}}]}`,
			[]string{"dynamodb:PutItem " + account + "a", "dynamodb:UpdateItem " + account + "b", "dynamodb:DeleteItem " + account + "c", "dynamodb:ConditionCheckItem " + account + "d"}},
		"PartiQL": {"dynamodb", "POST", "DynamoDB_20120810.BatchExecuteStatement", "/",
			`{"Statements":[{"Statement":"INSERT INTO \"a\" VALUE {'k':?}"},{"Statement":"UPDATE b SET x=? WHERE k=?"},{"Statement":"DELETE FROM \"c\" WHERE k=?"},{"Statement":"SELECT k FROM \"d\".\"i\" WHERE k=?"}]}`,
			[]string{"dynamodb:PartiQLInsert " + account + "a", "dynamodb:PartiQLUpdate " + account + "b", "dynamodb:PartiQLDelete " + account + "c", "dynamodb:PartiQLSelect " + account + "d/index/i"}},
		"ListTables": {"dynamodb", "POST", "DynamoDB_20120810.ListTables", "/", `{}`, []string{"dynamodb:ListTables *"}},

		"Publish":      {"sns", "POST", "", "/", "Action=Publish&TopicArn=arn%3Aaws%3Asns&Message=x", []string{"sns:Publish arn:aws:sns"}},
		"PublishBatch": {"sns", "POST", "", "/", "Action=PublishBatch&TopicArn=arn", []string{"sns:Publish arn"}},
		"Text":         {"sns", "POST", "", "/", "Action=Publish&PhoneNumber=%2B12025550143&Message=x", []string{"sns:Publish *"}},

		"SendMessage":      {"sqs", "POST", "AmazonSQS.SendMessage", "/", `{"QueueUrl":"http://h/000000000000/q"}`, []string{"sqs:SendMessage arn:aws:sqs" + here + "q"}},
		"SendMessageBatch": {"sqs", "POST", "AmazonSQS.SendMessageBatch", "/", `{"QueueUrl":"http://h/000000000000/q"}`, []string{"sqs:SendMessage arn:aws:sqs" + here + "q"}},

		"TextFromAPool":   {"sms-voice", "POST", "PinpointSMSVoiceV2.SendTextMessage", "/", `{"OriginationIdentity":"pool-1"}`, []string{"sms-voice:SendTextMessage arn:aws:sms-voice" + here + "pool/pool-1"}},
		"TextFromANumber": {"sms-voice", "POST", "PinpointSMSVoiceV2.SendTextMessage", "/", `{"OriginationIdentity":"phone-1"}`, []string{"sms-voice:SendTextMessage arn:aws:sms-voice" + here + "phone-number/phone-1"}},
		"Mail":            {"ses", "POST", "", "/v2/email/outbound-emails", `{"FromEmailAddress":"a@b.example"}`, []string{"ses:SendEmail arn:aws:ses" + here + "identity/a@b.example"}},
		"Invoke":          {"lambda", "POST", "", "/2015-03-31/functions/arn:aws:lambda:f/invocations", `{}`, []string{"lambda:InvokeFunction arn:aws:lambda" + here + "function:f"}},
		"StartExecution":  {"states", "POST", "AWSStepFunctions.StartExecution", "/", `{"stateMachineArn":"arn:m"}`, []string{"states:StartExecution arn:m"}},
		"Decrypt":         {"kms", "POST", "TrentService.Decrypt", "/", `{"KeyId":"1-2"}`, []string{"kms:Decrypt arn:aws:kms" + here + "key/1-2"}},
		"DecryptUnnamed":  {"kms", "POST", "TrentService.Decrypt", "/", `{}`, []string{"kms:Decrypt "}},

		"GetObject":        {"s3", "GET", "", "/files/a/b", "", []string{"s3:GetObject " + files + "/a/b"}},
		"HeadObject":       {"s3", "HEAD", "", "/files/a/b", "", []string{"s3:GetObject " + files + "/a/b"}},
		"GetAVersion":      {"s3", "GET", "", "/files/a?versionId=1", "", []string{"s3:GetObjectVersion " + files + "/a"}},
		"PutObject":        {"s3", "PUT", "", "/files/a", "", []string{"s3:PutObject " + files + "/a"}},
		"MultipartBegins":  {"s3", "POST", "", "/files/a?uploads", "", []string{"s3:PutObject " + files + "/a"}},
		"MultipartAborts":  {"s3", "DELETE", "", "/files/a?uploadId=1", "", []string{"s3:AbortMultipartUpload " + files + "/a"}},
		"MultipartsParts":  {"s3", "GET", "", "/files/a?uploadId=1", "", []string{"s3:ListMultipartUploadParts " + files + "/a"}},
		"DeleteObject":     {"s3", "DELETE", "", "/files/a", "", []string{"s3:DeleteObject " + files + "/a"}},
		"ListObjects":      {"s3", "GET", "", "/files?list-type=2", "", []string{"s3:ListBucket " + files}},
		"ListVersions":     {"s3", "GET", "", "/files?versions", "", []string{"s3:ListBucketVersions " + files}},
		"ListBuckets":      {"s3", "GET", "", "/", "", []string{"s3:ListAllMyBuckets *"}},
		"DeleteManyAtOnce": {"s3", "POST", "", "/files?delete", "", []string{"s3:DeleteObject " + files + "/*"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
			r.Header.Set("X-Amz-Target", test.target)
			needs, err := permission.Needs(r, test.service, []byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range needs {
				got = append(got, n.Action+" "+n.Resource)
			}
			if !slices.Equal(got, test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("CopyNeedsItsSource", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodPut, "/files/a", nil)
		r.Header.Set("X-Amz-Copy-Source", "/other/b%20c?versionId=1")
		needs, err := permission.Needs(r, "s3", nil)
		if err != nil || len(needs) != 2 || needs[1].Action != "s3:GetObjectVersion" || needs[1].Resource != "arn:aws:s3:::other/b c" {
			t.Fatalf("%+v, %v", needs, err)
		}
	})
	for name, test := range map[string]struct{ service, target, body string }{
		"ErrUnknownStatement":       {"dynamodb", "DynamoDB_20120810.ExecuteStatement", `{"Statement":"EXISTS(SELECT 1)"}`},
		"ErrUnknownTransactionItem": {"dynamodb", "DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{"Guess":{}}]}`},
		"ErrUnknownService":         {"chime", "X.Y", `{}`},
		"ErrNotJSON":                {"sqs", "AmazonSQS.SendMessage", `no`},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Header.Set("X-Amz-Target", test.target)
			if _, err := permission.Needs(r, test.service, []byte(test.body)); !errors.Is(err, permission.ErrUnknownCall) {
				t.Fatalf("err = %v", err)
			}
		})
	}
}

func TestSigner(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local-work/20261126/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	if key, service := permission.Signer(r); key != "local-work" || service != "dynamodb" {
		t.Errorf("of a header: %q, %q", key, service)
	}
	r = httptest.NewRequest(http.MethodGet, "/files/a?X-Amz-Credential=local-work%2F20261126%2Fus-east-1%2Fs3%2Faws4_request", nil)
	if key, service := permission.Signer(r); key != "local-work" || service != "s3" {
		t.Errorf("of a presigned URL: %q, %q", key, service)
	}
	if key, service := permission.Signer(httptest.NewRequest(http.MethodGet, "/files/a", nil)); key != "" || service != "" {
		t.Errorf("unsigned: %q, %q", key, service)
	}
}
