package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/audit"
	"voice.example/shared/custody"
	"voice.example/shared/directory"
	"voice.example/shared/feed"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/numbering"
	"voice.example/shared/session"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

// noon is when the tests are: the clock of the handlers. Presigned addresses go by the real one.
var noon = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)

// office is the function on a database and a bucket of its own, with people whose token is their subject.
type office struct {
	http.Handler
	handler *handler
	db      *dynamodbtest.DB
	s3      *s3.Client
	now     time.Time
	started []string // uploads that ingest was told of
	fail    error    // of telling it
}

// people are who can sign in.
var people = map[string][]staff.Role{
	"dana": {staff.DataOfficer}, "omar": {staff.DataOfficer}, "ines": {staff.DataOfficer}, "sofia": {staff.Supervisor},
	"theo": {staff.Operator}, "rosa": {staff.Officer}, "paul": {staff.Specialist}, "walter": {staff.Auditor}, "nell": nil,
}

// Verify knows the people.
func (o *office) Verify(_ context.Context, token string) (staff.Identity, error) {
	roles, known := people[token]
	switch {
	case token == "keys-are-out":
		return staff.Identity{}, staff.ErrKeys
	case !known:
		return staff.Identity{}, staff.ErrToken
	}
	return staff.Identity{Subject: token, Name: strings.ToUpper(token[:1]) + token[1:], Email: token + "@voice.example", Roles: roles}, nil
}

// Announce is ingest's queue.
func (o *office) Announce(_ context.Context, uploadID string) error {
	if o.fail != nil {
		return o.fail
	}
	o.started = append(o.started, uploadID)
	return nil
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{db: dynamodbtest.New(t), s3: localtest.New(t).S3(), now: noon}
	clock := func() time.Time { return o.now }
	keys := keyringtest.Keys(t)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	o.handler = &handler{
		staff: o, signIn: signInPlace{"http://localhost:9998", "voicectl", scopes},
		desk: &upload.Desk{S3: o.s3, DynamoDB: o.db.Client, Table: o.db.Table("uploads"), Now: clock},
		s3:   o.s3, bucket: localtest.Bucket, queue: o, now: clock,
		feeds: &feed.Table{Client: o.db.Client, Name: o.db.Table("feeds"), Now: clock}, silent: 26 * time.Hour,
		keys: keys, sessions: &session.Table{Client: o.db.Client, Name: o.db.Table("sessions"), Keys: keys, Idle: 30 * time.Minute, Absolute: 8 * time.Hour, Now: clock},
		audit:   &audit.Log{Client: o.db.Client, Name: o.db.Table("audit"), Keys: keys, Retention: 400 * 24 * time.Hour, Now: clock},
		volumes: &volume.Table{Client: o.db.Client, Name: o.db.Table("volumes"), Now: clock},
	}
	o.handler.directory = &directory.Table{Client: o.db.Client, Name: o.db.Table("directory"), Now: clock, Zone: zone, ReadPhone: numbering.ParseToCall}
	o.handler.inquiries = &inquiry.Table{Client: o.db.Client, Name: o.db.Table("inquiries"), Keys: keys, Directory: o.handler.directory,
		Terms: inquiry.Terms{inquiry.Unanswered: 30 * time.Minute}, Retention: 400 * 24 * time.Hour, Now: clock}
	o.handler.tipLine, o.handler.ownCase = "1-866-347-2423", "1-800-375-5283"
	o.handler.custody = custody.NewTable(o.db.Client, o.db.Table("custody"))
	o.open(t, zone)
	return o
}

// open makes the server anew, after the test has changed its handler.
func (o *office) open(t *testing.T, zone *time.Location) {
	t.Helper()
	o.handler.routes = nil
	server, err := newServer(web.Site{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: zone}, o.handler)
	if err != nil {
		t.Fatal(err)
	}
	o.Handler = server
}

// ask sends a request as somebody; "" is nobody.
func (o *office) ask(as, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+as)
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

// put writes an upload as the pipeline would leave it, changed by pairs of attributes and values.
func (o *office) put(t *testing.T, id string, state upload.State, changes ...any) {
	t.Helper()
	item := map[string]any{
		"upload_id": id, "kind": "file", "bucket": localtest.Bucket, "key": "uploads/" + id + ".csv", "version_id": "v-" + id, "versioned": true,
		"mode": "uploads", "feed": "default", "state": state, "resting": true, "received_at": noon, "uploaded_by": "dana", "uploaded_by_name": "Dana Whitfield", "shelf": "uploads",
		"plan_hash": "hash", "decisions": []upload.Decision{}, "counts": upload.Counts{}, "attempts": 1, "revision": 1, "lease_until": 0,
	}
	for i := 0; i+1 < len(changes); i += 2 {
		item[changes[i].(string)] = changes[i+1]
	}
	attributes, err := attributevalue.MarshalMap(item)
	if err != nil {
		t.Fatal(err)
	}
	table := o.db.Table("uploads")
	if _, err := o.db.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &table, Item: attributes}); err != nil {
		t.Fatal(err)
	}
}

func decode(t *testing.T, w *httptest.ResponseRecorder, status int, into any) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("got %d, want %d: %s", w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
}

// refused checks a problem document and gives the names of its fields.
func refused(t *testing.T, w *httptest.ResponseRecorder, status int, code web.Code) (p web.Problem, fields string) {
	t.Helper()
	decode(t, w, status, &p)
	if p.Code != code || w.Header().Get("Content-Type") != "application/problem+json" || p.Title == "" || p.Detail == "" ||
		strings.Contains(p.Title+p.Detail, "problem.") {
		t.Fatalf("got %s, want code %s", w.Body, code)
	}
	for _, e := range p.Errors {
		if e.Problem == "" || strings.HasPrefix(e.Problem, "problem.") {
			t.Errorf("%s is worded %q", e.Field, e.Problem)
		}
		fields += " " + e.Field
	}
	return p, strings.TrimSpace(fields)
}

// response is an answer that may hold an upload.
type response struct{ *httptest.ResponseRecorder }

func (w response) upload(t *testing.T, status int) (u upload.Upload) {
	t.Helper()
	decode(t, w.ResponseRecorder, status, &u)
	return u
}
