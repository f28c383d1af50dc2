package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

// vault is a table with items, an operator, and in between what a DynamoDB has that restores: it answers these calls itself, by
// copying, and gives all others on.
type vault struct {
	t        *testing.T
	db       *dynamodbtest.DB
	table    string
	endpoint string
	now      time.Time
	restored func(copied string) // what is done to the copy before anybody sees it
	pitr     string
}

var vaultTime = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newVault(t *testing.T, items int) *vault {
	t.Helper()
	db := dynamodbtest.New(t, "subscriptions")
	v := &vault{t: t, db: db, table: db.Table("subscriptions"), now: vaultTime, restored: func(string) {}, pitr: "ENABLED"}
	for i := range items {
		v.put(v.table, i, "secret")
	}
	behind, err := url.Parse(db.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var in struct {
			SourceTableName, TargetTableName string
			RestoreDateTime                  float64
		}
		_ = json.Unmarshal(body, &in)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		switch _, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); call {
		case "DescribeContinuousBackups":
			fmt.Fprintf(w, `{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":%q,
				"EarliestRestorableDateTime":%d,"LatestRestorableDateTime":%d}}}`, v.pitr, vaultTime.AddDate(0, 0, -35).Unix(), vaultTime.Add(-5*time.Minute).Unix())
		case "RestoreTableToPointInTime":
			d := v.drill()
			source, err := d.describe(r.Context(), in.SourceTableName)
			if err == nil {
				err = d.copyTable(r.Context(), source, in.TargetTableName)
			}
			if err != nil {
				t.Error(err)
			}
			v.restored(in.TargetTableName)
			fmt.Fprint(w, `{}`)
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	v.endpoint = server.URL
	return v
}

func (v *vault) drill() *drill {
	return &drill{operator: &operator{program: &program{now: time.Now, sleep: sleep}, dynamodb: v.db.Client}, table: v.table}
}

func (v *vault) put(table string, i int, code string) {
	v.t.Helper()
	_, err := v.db.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &table, Item: attributes{
		"a_number": &types.AttributeValueMemberS{Value: fmt.Sprintf("%09d", i%7)}, "subscription_id": &types.AttributeValueMemberS{Value: fmt.Sprint(i)},
		"code_word": &types.AttributeValueMemberS{Value: code}, "events": &types.AttributeValueMemberSS{Value: []string{"released", "escaped"}}}})
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *vault) drop(table string, i int) {
	v.t.Helper()
	_, err := v.db.Client.DeleteItem(context.Background(), &dynamodb.DeleteItemInput{TableName: &table, Key: attributes{
		"a_number": &types.AttributeValueMemberS{Value: fmt.Sprintf("%09d", i%7)}, "subscription_id": &types.AttributeValueMemberS{Value: fmt.Sprint(i)}}})
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *vault) run(args ...string) ran {
	v.t.Helper()
	var out, err bytes.Buffer
	options := v.db.Client.Options()
	p := &program{in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" },
		now:   func() time.Time { v.now = v.now.Add(time.Second); return v.now },
		sleep: func(context.Context, time.Duration) error { return nil },
		aws: func(context.Context) (aws.Config, error) {
			return aws.Config{Region: options.Region, BaseEndpoint: &v.endpoint, Credentials: options.Credentials}, nil
		}}
	r := ran{code: p.run(append([]string{"restore-drill"}, append(args, v.table)...)), out: out.String(), err: err.String()}
	for _, said := range []string{"secret", "00000000"} {
		if strings.Contains(r.out+r.err, said) {
			v.t.Errorf("what an item says was printed: %s %s", r.out, r.err)
		}
	}
	return r
}

// copies are the tables that drills have left.
func (v *vault) copies() (left []string) {
	v.t.Helper()
	out, err := v.db.Client.ListTables(context.Background(), &dynamodb.ListTablesInput{})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, name := range out.TableNames {
		if strings.HasPrefix(name, v.table+"-drill-") {
			left = append(left, name)
		}
	}
	return left
}

func TestDrill(t *testing.T) {
	result := func(r ran) (d drilled) {
		t.Helper()
		if err := json.Unmarshal([]byte(r.out), &d); err != nil {
			t.Fatalf("%v, %+v", err, r)
		}
		return d
	}
	t.Run("OK", func(t *testing.T) {
		v := newVault(t, 120)
		r := v.run("--json")
		d := result(r)
		if r.code != exitDone || !d.Good || d.Items != 120 || d.Restored != 120 || d.Sampled != 240 || d.Same != 240 ||
			!d.At.Equal(vaultTime.Add(-5*time.Minute)) || d.Seconds <= 0 || len(d.Names) != 0 {
			t.Errorf("%d, %+v, %s", r.code, d, r.err)
		}
		if left := v.copies(); len(left) != 0 {
			t.Errorf("%v is left", left)
		}
		if r := v.run(); r.code != exitDone || !strings.Contains(r.out, "The copy is good.") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("OKByCopying", func(t *testing.T) {
		v := newVault(t, 40)
		v.pitr = "DISABLED"
		if r := v.run("--copy", "--sample", "16"); r.code != exitDone || len(v.copies()) != 0 || !strings.Contains(r.out, "32 items: 32 the same") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("OKOfNothing", func(t *testing.T) {
		if r := newVault(t, 0).run(); r.code != exitDone {
			t.Errorf("%+v", r)
		}
	})
	t.Run("OKKept", func(t *testing.T) {
		v := newVault(t, 3)
		if r := v.run("--keep"); r.code != exitDone || len(v.copies()) != 1 || !strings.Contains(r.out, "it costs") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("OKWhatWasWrittenSinceIsTolerated", func(t *testing.T) {
		v := newVault(t, 100)
		v.restored = func(string) { v.put(v.table, 5, "newer") }
		if d := result(v.run("--json", "--tolerate", "1")); !d.Good || d.Differ != 2 || len(d.Names) != 2 {
			t.Errorf("%+v", d)
		}
	})
	for name, c := range map[string]struct {
		spoil func(v *vault, copied string)
		want  compared
	}{
		"ErrItemsAreMissing": {func(v *vault, copied string) { v.drop(copied, 1); v.drop(copied, 2) }, compared{Same: 196, Missing: 2}},
		"ErrItemsDiffer":     {func(v *vault, copied string) { v.put(copied, 1, "secret!"); v.put(copied, 2, "") }, compared{Same: 196, Differ: 4}},
		"ErrItemsAreNew":     {func(v *vault, copied string) { v.put(copied, 1000, ""); v.put(copied, 1001, "") }, compared{Same: 200, Gone: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t, 100)
			v.restored = func(copied string) { c.spoil(v, copied) }
			r := v.run("--json")
			d := result(r)
			if r.code != exitFault || d.Good || d.Same != c.want.Same || d.Missing != c.want.Missing || d.Differ != c.want.Differ || d.Gone != c.want.Gone {
				t.Errorf("%d, %+v", r.code, d)
			}
			if len(v.copies()) != 0 {
				t.Error("the copy is left")
			}
		})
	}
	t.Run("ErrNoPointInTimeRecovery", func(t *testing.T) {
		v := newVault(t, 1)
		v.pitr = "DISABLED"
		if r := v.run(); r.code != exitFault || !strings.Contains(r.err, "no point-in-time recovery") {
			t.Errorf("%+v", r)
		}
	})
	for name, args := range map[string][]string{"ErrTooEarly": {"--at", "2026-01-01T00:00:00Z"}, "ErrTooLate": {"--at", "2026-06-01T11:59:00Z"},
		"ErrNoTime": {"--at", "yesterday"}, "ErrNoSample": {"--sample", "0"}, "ErrTolerance": {"--tolerate", "101"}} {
		t.Run(name, func(t *testing.T) {
			if r := newVault(t, 1).run(args...); r.code != exitUsage {
				t.Errorf("%+v", r)
			}
		})
	}
	t.Run("ErrNoTable", func(t *testing.T) {
		v := newVault(t, 1)
		v.table = "none"
		if r := v.run(); r.code != exitFault {
			t.Errorf("%+v", r)
		}
	})
}

func TestDigest(t *testing.T) {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	of := func(v types.AttributeValue) string { return string(digest([]byte("k"), attributes{"x": v})) }
	t.Run("SetsHaveNoOrder", func(t *testing.T) {
		if of(&types.AttributeValueMemberSS{Value: []string{"a", "b"}}) != of(&types.AttributeValueMemberSS{Value: []string{"b", "a"}}) {
			t.Error("they differ")
		}
	})
	t.Run("OtherThingsDiffer", func(t *testing.T) {
		seen := map[string]int{}
		for i, v := range []types.AttributeValue{text("1"), &types.AttributeValueMemberN{Value: "1"}, &types.AttributeValueMemberB{Value: []byte("1")},
			&types.AttributeValueMemberSS{Value: []string{"1"}}, &types.AttributeValueMemberNS{Value: []string{"1"}}, &types.AttributeValueMemberBS{Value: [][]byte{[]byte("1")}},
			&types.AttributeValueMemberL{Value: []types.AttributeValue{text("1")}}, &types.AttributeValueMemberL{Value: []types.AttributeValue{text("1"), text("")}},
			&types.AttributeValueMemberM{Value: attributes{"1": text("")}}, &types.AttributeValueMemberBOOL{Value: true}, &types.AttributeValueMemberBOOL{},
			&types.AttributeValueMemberNULL{Value: true}, text(""), &types.AttributeValueMemberSS{Value: []string{"1", "2"}}} {
			if at, twice := seen[of(v)]; twice {
				t.Errorf("%d is as %d", i, at)
			}
			seen[of(v)] = i
		}
	})
}
