package permission_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"voice.example/infra/local/permission"
)

// gated is a gate before a service that answers everything with a status, and what it let through.
type gated struct {
	config  aws.Config
	reached int
	warned  []string
	record  string
}

func open(t *testing.T, statements string, status int) *gated {
	t.Helper()
	p := policies(t, statements)
	g := &gated{record: filepath.Join(t.TempDir(), permission.FileName)}
	record, err := permission.OpenRecord(g.record, p.Grants())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(record.Close)
	gate := permission.NewGate(p, record, func(format string, args ...any) { g.warned = append(g.warned, fmt.Sprintf(format, args...)) })
	role, _ := p.Role("arn:aws:iam::000000000000:role/voice-WorkRole")
	key := gate.Admit(role, "work")
	server := httptest.NewServer(gate.Before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.reached++
		w.WriteHeader(status)
	})))
	t.Cleanup(server.Close)
	g.config = aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider(key, "local-secret", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	return g
}

func pathStyle(o *s3.Options) { o.UsePathStyle = true }

func TestGate(t *testing.T) {
	ctx := context.Background()
	// Each service's own client understands the refusal.
	for name, test := range map[string]struct {
		code string
		call func(aws.Config) error
	}{
		"DynamoDB": {"AccessDeniedException", func(c aws.Config) error {
			_, err := dynamodb.NewFromConfig(c).ListTables(ctx, &dynamodb.ListTablesInput{})
			return err
		}},
		"S3": {"AccessDenied", func(c aws.Config) error {
			_, err := s3.NewFromConfig(c, pathStyle).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("files"), Key: aws.String("a/b")})
			return err
		}},
		"SNS": {"AuthorizationError", func(c aws.Config) error {
			_, err := sns.NewFromConfig(c).Publish(ctx, &sns.PublishInput{PhoneNumber: aws.String("+12025550143"), Message: aws.String("x")})
			return err
		}},
		"SQS": {"AccessDenied", func(c aws.Config) error {
			_, err := sqs.NewFromConfig(c).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("http://q/000000000000/q"), MessageBody: aws.String("x")})
			return err
		}},
		"Lambda": {"AccessDeniedException", func(c aws.Config) error {
			_, err := lambda.NewFromConfig(c).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")})
			return err
		}},
		"StepFunctions": {"AccessDeniedException", func(c aws.Config) error {
			_, err := sfn.NewFromConfig(c).StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("arn:m")})
			return err
		}},
		"EndUserMessaging": {"AccessDeniedException", func(c aws.Config) error {
			_, err := pinpointsmsvoicev2.NewFromConfig(c).SendTextMessage(ctx, &pinpointsmsvoicev2.SendTextMessageInput{
				DestinationPhoneNumber: aws.String("+12025550143"), OriginationIdentity: aws.String("pool-1")})
			return err
		}},
		"SES": {"AccessDeniedException", func(c aws.Config) error {
			_, err := sesv2.NewFromConfig(c).SendEmail(ctx, &sesv2.SendEmailInput{FromEmailAddress: aws.String("a@b.example"), Content: &types.EmailContent{}})
			return err
		}},
	} {
		t.Run("Err"+name, func(t *testing.T) {
			g := open(t, `{Effect: Allow, Action: a:b, Resource: c}`, http.StatusOK)
			err := test.call(g.config)
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != test.code || !strings.Contains(api.ErrorMessage(), "assumed-role/voice-WorkRole/work is not authorized to perform: ") {
				t.Fatalf("err = %v", err)
			}
			if g.reached != 0 || len(g.warned) != 1 || strings.Contains(g.warned[0], "2025550143") {
				t.Errorf("reached %d times, warned %q", g.reached, g.warned)
			}
		})
	}
	get := `{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::files/*'}`
	list := `{Effect: Allow, Action: s3:ListBucket, Resource: 'arn:aws:s3:::files'}`
	head := func(g *gated) int {
		_, err := s3.NewFromConfig(g.config, pathStyle).HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("files"), Key: aws.String("secret/name")})
		var response interface{ HTTPStatusCode() int }
		if !errors.As(err, &response) {
			return http.StatusOK
		}
		return response.HTTPStatusCode()
	}
	t.Run("OK", func(t *testing.T) {
		g := open(t, get, http.StatusOK)
		if status := head(g); status != http.StatusOK || g.reached != 1 || len(g.warned) != 0 {
			t.Fatalf("%d, reached %d times, warned %q", status, g.reached, g.warned)
		}
		lines, err := permission.ReadRecord(g.record)
		grant := permission.Grant{Role: "WorkRole", Action: "s3:GetObject", Resource: "arn:aws:s3:::files/*"}
		if want := []permission.Line{{Kind: permission.Granted, Grant: grant}, {Kind: permission.Used, Grant: grant}}; err != nil || !slices.Equal(lines, want) {
			t.Fatalf("%+v, %v", lines, err)
		}
	})
	t.Run("ErrWhoMayNotListIsNotToldThatItIsMissing", func(t *testing.T) {
		g := open(t, get, http.StatusNotFound)
		if status := head(g); status != http.StatusForbidden || len(g.warned) != 1 || strings.Contains(g.warned[0], "name") {
			t.Fatalf("%d, warned %q", status, g.warned)
		}
	})
	t.Run("WhoMayListIsToldThatItIsMissing", func(t *testing.T) {
		g := open(t, get+", "+list, http.StatusNotFound)
		if status := head(g); status != http.StatusNotFound || len(g.warned) != 0 {
			t.Fatalf("%d, warned %q", status, g.warned)
		}
	})
	t.Run("OthersAreHeldToNothing", func(t *testing.T) {
		g := open(t, get, http.StatusOK)
		g.config.Credentials = credentials.NewStaticCredentialsProvider("local", "local-secret", "")
		_, err := sqs.NewFromConfig(g.config).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("http://q/000000000000/q"), MessageBody: aws.String("x")})
		if g.reached != 1 {
			t.Fatal(err)
		}
	})
}

func TestMayPut(t *testing.T) {
	p := policies(t, `{Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::files/uploads/*'}`)
	gate := permission.NewGate(p, nil, func(string, ...any) {})
	role, _ := p.Role("arn:aws:iam::000000000000:role/voice-WorkRole")
	scope := gate.Admit(role, "work") + "/20261126/us-east-1/s3/aws4_request"
	if !gate.MayPut(scope, "files", "uploads/x") || gate.MayPut(scope, "files", "plans/x") || !gate.MayPut("local/20261126/us-east-1/s3/aws4_request", "files", "plans/x") {
		t.Error("forms are not held to the policy of who signed them")
	}
}
