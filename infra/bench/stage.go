package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/bucket"
	"voice.example/infra/local/durable"
	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
	"voice.example/shared/custody"
)

const bucketName = "voice-uploads"

// stage is the services that all loads share: a DynamoDB, and an S3 in this process.
type stage struct {
	root     string // of the repository
	endpoint string // DynamoDB's
	kind     string // what it is, for the report
	db       *sdk.Client
	s3       *s3.Client
	s3URL    string
	tables   []template.Table
	ingest   map[string]string // the environment of the function that applies uploads
	streams  bool              // whether the tables have their streams
	sets     int
	started  time.Time
	closers  []func()
}

func newStage(ctx context.Context, folder string, streams bool) (_ *stage, err error) {
	s := &stage{started: time.Now(), streams: streams}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.root, err = dynamodb.FindRoot("."); err != nil {
		return nil, err
	}
	if err := s.readTemplate(filepath.Join(s.root, "template.yaml")); err != nil {
		return nil, err
	}
	if err := s.startDynamoDB(ctx); err != nil {
		return nil, err
	}
	return s, s.startS3(folder)
}

func (s *stage) close() {
	for _, c := range s.closers {
		c()
	}
}

func (s *stage) readTemplate(path string) error {
	parsed, err := template.Load(path, template.Options{APIEndpoint: "http://127.0.0.1", QueueEndpoint: "http://127.0.0.1",
		Secret: func(string) (string, error) { return "none", nil }})
	if err != nil {
		return err
	}
	if s.tables, err = parsed.Tables(); err != nil {
		return err
	}
	functions, err := parsed.Functions()
	if err != nil {
		return err
	}
	for _, f := range functions {
		if f.Folder == "ingest" {
			s.ingest = f.Environment
			return nil
		}
	}
	return errors.New("template.yaml has no function called IngestFunction")
}

func (s *stage) startDynamoDB(ctx context.Context) error {
	s.endpoint, s.kind = os.Getenv("DYNAMODB_ENDPOINT"), "DYNAMODB_ENDPOINT"
	if s.endpoint == "" {
		binary, err := dynamodb.FindBinary(s.root)
		if err != nil {
			return err
		}
		server, err := dynamodb.Start(ctx, dynamodb.Config{Binary: binary})
		if err != nil {
			return err
		}
		s.closers = append(s.closers, server.Stop)
		s.endpoint, s.kind = server.Endpoint, "dynoxide in memory, on the same machine"
	}
	s.db = dynamodb.Client(s.endpoint)
	return nil
}

func (s *stage) startS3(folder string) error {
	db, err := durable.Open(filepath.Join(folder, "state.db"))
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() { db.Close() })
	store, err := bucket.Open(bucket.Config{DB: db, Folder: filepath.Join(folder, "objects"), Buckets: []bucket.Bucket{{Name: bucketName, Versioned: true}}})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: store, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	s.closers = append([]func(){func() { server.Close() }}, s.closers...)
	s.s3URL = "http://" + listener.Addr().String()
	s.s3 = s3.New(s3.Options{Region: template.Region, BaseEndpoint: &s.s3URL, UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider(dynamodb.AccessKey, dynamodb.SecretKey, ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired})
	return nil
}

// put uploads what fill writes, in parts, and returns its version.
func (s *stage) put(ctx context.Context, key string, fill func(io.Writer) error) (version string, err error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(fill(w)) }()
	defer r.Close() // ends fill, if it still runs
	name := bucketName
	out, err := transfermanager.New(s.s3, func(o *transfermanager.Options) { o.PartSizeBytes, o.Concurrency = 8<<20, 2 }).
		UploadObject(ctx, &transfermanager.UploadObjectInput{Bucket: &name, Key: &key, Body: r})
	if err != nil {
		return "", fmt.Errorf("uploading %s: %w", key, err)
	}
	return aws.ToString(out.VersionID), nil
}

// set is one candidate's tables, empty at first.
type set struct {
	*stage
	prefix string
	own    []template.Table
}

func (s *stage) fresh(ctx context.Context) (*set, error) {
	s.sets++
	tables := &set{stage: s, prefix: fmt.Sprintf("bench-%x-%d-", s.started.UnixMilli(), s.sets)}
	for _, t := range s.tables {
		switch t.ShortName() {
		case "custody", "subscriptions", "uploads", "feeds":
			t.Name = tables.prefix + t.Name
			if !s.streams {
				t.Stream = ""
			}
			tables.own = append(tables.own, t)
		}
	}
	return tables, dynamodb.CreateTables(ctx, s.db, tables.own)
}

func (t *set) drop(ctx context.Context) error {
	for _, table := range t.own {
		if _, err := t.db.DeleteTable(ctx, &sdk.DeleteTableInput{TableName: &table.Name}); err != nil {
			return err
		}
	}
	return nil
}

func (t *set) custody() string {
	for _, table := range t.own {
		if table.ShortName() == "custody" {
			return table.Name
		}
	}
	return ""
}

// env is the environment of a load: the deployed function's, with these tables and the services here.
func (t *set) env(more ...string) []string {
	settings := map[string]string{
		"AWS_REGION": template.Region, "AWS_DEFAULT_REGION": template.Region, "AWS_ACCESS_KEY_ID": dynamodb.AccessKey, "AWS_SECRET_ACCESS_KEY": dynamodb.SecretKey,
		"AWS_ENDPOINT_URL_DYNAMODB": t.endpoint, "AWS_ENDPOINT_URL_S3": t.s3URL, "AWS_ENDPOINT_URL_SNS": "http://127.0.0.1:1",
		"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required", "AWS_EC2_METADATA_DISABLED": "true",
	}
	if s := os.Getenv("AWS_SECRET_ACCESS_KEY"); os.Getenv("DYNAMODB_ENDPOINT") != "" && s != "" {
		settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"] = os.Getenv("AWS_ACCESS_KEY_ID"), s
	}
	for name, value := range t.ingest {
		settings[name] = value
	}
	for _, table := range t.own {
		settings[strings.ToUpper(table.ShortName())+"_TABLE"] = table.Name
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for name, value := range settings {
		env = append(env, name+"="+value)
	}
	return append(env, more...)
}

// check compares the custody table with what the people's rows of a round say: how many the feed holds and, of everyone
// whose row changed since the first round (before it, of one in as many), where they are.
func (t *set) check(ctx context.Context, all people, r round) error {
	records, want := custody.NewTable(t.db, t.custody()), all.count(r)
	held, err := records.CountHeld(ctx, feedName)
	if err != nil {
		return err
	}
	if held != want.rows-want.released {
		return fmt.Errorf("the table has %d people in custody; it should be %d", held, want.rows-want.released)
	}
	for from := 0; from < all.rows; from += 100 * changedEvery {
		var numbers []custody.ANumber
		rows := map[custody.ANumber][]string{}
		for i := from; i < min(from+100*changedEvery, all.rows); i++ {
			if changes, _ := change(i); changes {
				row := all.row(i, r)
				numbers = append(numbers, custody.ANumber(row[0]))
				rows[custody.ANumber(row[0])] = row
			}
		}
		found, err := records.GetMany(ctx, numbers)
		if err != nil {
			return err
		}
		for a, row := range rows {
			status := custody.InCustody
			if row[10] != "" {
				status = custody.Released
			}
			if got := found[a]; got.Status != status || got.FacilityCode != row[9] || got.ReleaseReason != row[11] {
				return fmt.Errorf("somebody is %q at %q; it should be %q at %q", got.Status, got.FacilityCode, status, row[9])
			}
		}
	}
	return nil
}

// copyOf writes what a reader has.
func copyOf(r io.Reader) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	}
}
