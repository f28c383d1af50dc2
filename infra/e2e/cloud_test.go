package e2e

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/stacktest"
)

const bucket = "voice-uploads"

// reportWithin is how long an upload may take until its report is there.
const reportWithin = 60 * time.Second

var keys = credentials.NewStaticCredentialsProvider("local", "local-secret", "")

func (s *stack) bucket() *s3.Client {
	return s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &s.S3, UsePathStyle: true, Credentials: keys,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired})
}

func (s *stack) database() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: &s.DynamoDB, Credentials: keys})
}

// summary is reports/UPLOAD_ID/summary.json, as the design names its fields.
type summary struct {
	UploadID   string  `json:"upload_id"`
	Key        string  `json:"key"`
	Kind       string  `json:"kind"` // file, or what came of one: missing, retraction
	State      string  `json:"state"`
	Rows       int     `json:"rows"`
	Applied    int     `json:"applied"`
	Unchanged  int     `json:"unchanged"`
	Superseded int     `json:"superseded"`
	Rejected   int     `json:"rejected"`
	Conflicts  int     `json:"conflicts"`
	Events     int     `json:"events"`
	Alerts     int     `json:"alerts"`
	RRU        float64 `json:"rru"`
	WRU        float64 `json:"wru"`
	CostUSD    float64 `json:"cost_usd"`
	Problem    string  `json:"problem"`
	Fix        string  `json:"fix"`
}

// counts is what became of an upload's rows.
type counts struct{ Rows, Applied, Unchanged, Superseded, Rejected, Conflicts int }

func (m summary) counts() counts {
	return counts{m.Rows, m.Applied, m.Unchanged, m.Superseded, m.Rejected, m.Conflicts}
}

// put uploads a file, as staff do.
func (s *stack) put(t *testing.T, key string, file []byte) {
	t.Helper()
	_, err := s.bucket().PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader(file)})
	if err != nil {
		t.Fatalf("upload %s: %v", key, err)
	}
}

// upload uploads a file and waits for its report.
func (s *stack) upload(t *testing.T, key string, file []byte) summary {
	t.Helper()
	earlier := s.reports(t, key)
	s.put(t, key, file)
	return s.awaitReport(t, key, earlier)
}

// awaitReport waits for a report on the key's file that is not among earlier ones.
func (s *stack) awaitReport(t *testing.T, key string, earlier map[string]summary) summary {
	t.Helper()
	var found summary
	stacktest.Eventually(t, reportWithin, "the report on "+key, func() bool {
		for id, m := range s.reports(t, key) {
			if _, old := earlier[id]; !old && m.Kind == "file" {
				found = m
				return true
			}
		}
		return false
	})
	if found.Rows != found.Applied+found.Unchanged+found.Superseded+found.Rejected+found.Conflicts {
		t.Errorf("rows of %s are not accounted for: %+v", key, found)
	}
	return found
}

// reports are the summaries of all uploads of a key, by upload id.
func (s *stack) reports(t *testing.T, key string) map[string]summary {
	t.Helper()
	found := map[string]summary{}
	pages := s3.NewListObjectsV2Paginator(s.bucket(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String("reports/")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range page.Contents {
			if !strings.HasSuffix(*object.Key, "/summary.json") {
				continue
			}
			var m summary
			if err := json.Unmarshal(s.get(t, *object.Key), &m); err != nil {
				t.Fatalf("%s: %v", *object.Key, err)
			}
			if want := "reports/" + m.UploadID + "/summary.json"; m.UploadID == "" || want != *object.Key {
				t.Errorf("the summary at %s is of upload %q", *object.Key, m.UploadID)
			}
			if m.Key == key {
				found[m.UploadID] = m
			}
		}
	}
	return found
}

func (s *stack) get(t *testing.T, key string) []byte {
	t.Helper()
	out, err := s.bucket().GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key})
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// reject is one line of rejects.csv.
type reject struct{ line, column, value, problem, fix string }

func (s *stack) rejects(t *testing.T, m summary) []reject {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(s.get(t, "reports/"+m.UploadID+"/rejects.csv"))).ReadAll()
	if err != nil || len(lines) == 0 || strings.Join(lines[0], ",") != "line,column,value,problem,fix" {
		t.Fatalf("rejects.csv: %v, %v", lines, err)
	}
	var all []reject
	for _, l := range lines[1:] {
		all = append(all, reject{l[0], l[1], l[2], l[3], l[4]})
	}
	return all
}

// scan reads a whole table by the end of its name, as plain values by the key attribute.
func (s *stack) scan(t *testing.T, table, key string) map[string]map[string]any {
	t.Helper()
	db, ctx := s.database(), context.Background()
	tables, err := db.ListTables(ctx, &dynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, n := range tables.TableNames {
		if strings.HasSuffix(n, table) {
			name = n
		}
	}
	all := map[string]map[string]any{}
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatalf("scan %q: %v", name, err)
		}
		for _, item := range page.Items {
			var plain map[string]any
			if err := attributevalue.UnmarshalMap(item, &plain); err != nil {
				t.Fatal(err)
			}
			id, _ := plain[key].(string)
			all[id] = plain
		}
	}
	return all
}

// custody is the custody table by A-number.
func (s *stack) custody(t *testing.T) map[string]map[string]any {
	t.Helper()
	return s.scan(t, "CustodyTable", "a_number")
}
