package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/audit"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/staff"
)

// ledger is an audit table, and an operator who may read it.
type ledger struct {
	t     *testing.T
	db    *dynamodbtest.DB
	log   *audit.Log
	unset bool // nobody told voicectl of the table
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	db := dynamodbtest.New(t, "audit")
	keys := keyringtest.Keys(t)
	return &ledger{t: t, db: db, log: &audit.Log{Client: db.Client, Name: db.Table("audit"), Keys: keys, Retention: 24 * time.Hour, Now: time.Now}}
}

func (l *ledger) run(args ...string) ran {
	l.t.Helper()
	var out, err bytes.Buffer
	options := l.db.Client.Options()
	p := &program{in: strings.NewReader(""), out: &out, err: &err, now: time.Now, sleep: sleep,
		aws: func(context.Context) (aws.Config, error) {
			return aws.Config{Region: options.Region, BaseEndpoint: &l.db.Endpoint, Credentials: options.Credentials}, nil
		},
		getenv: func(name string) string {
			if name == auditTable && !l.unset {
				return l.log.Name
			}
			return ""
		}}
	r := ran{code: p.run(append([]string{"audit", "verify"}, args...)), out: out.String(), err: err.String()}
	if strings.Contains(r.out+r.err, secretName) {
		l.t.Errorf("what an entry says was printed: %s %s", r.out, r.err)
	}
	return r
}

// write adds entries and seals them.
func (l *ledger) write(n int) audit.Head {
	l.t.Helper()
	for range n {
		e := audit.Entry{Subject: audit.Inquiry("K7P4-QDX2"), Action: audit.Viewed, What: "an inquiry"}.By(staff.Identity{Subject: "w", Name: secretName})
		if err := l.log.Write(context.Background(), e, secretName); err != nil {
			l.t.Fatal(err)
		}
	}
	head, err := l.log.Seal(context.Background(), l.items())
	if err != nil {
		l.t.Fatal(err)
	}
	return head
}

// items are the entries, in their order.
func (l *ledger) items() []audit.Item {
	l.t.Helper()
	out, err := l.db.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &l.log.Name})
	if err != nil {
		l.t.Fatal(err)
	}
	items := slices.DeleteFunc(out.Items, func(item audit.Item) bool { return !audit.Readable(item) })
	slices.SortFunc(items, func(a, b audit.Item) int {
		return strings.Compare(a["at"].(*types.AttributeValueMemberS).Value, b["at"].(*types.AttributeValueMemberS).Value)
	})
	return items
}

func TestAuditVerify(t *testing.T) {
	l := newLedger(t)
	t.Run("OfNothing", func(t *testing.T) {
		if r := l.run(); r.code != exitDone || !strings.Contains(r.out, "0 entries in 0 blocks") {
			t.Errorf("%+v", r)
		}
	})
	head := l.write(3)
	t.Run("OK", func(t *testing.T) {
		r := l.run()
		if r.code != exitDone || !strings.Contains(r.out, "3 entries in 1 block") || !strings.Contains(r.out, head.String()) || !strings.Contains(r.out, "Note the head") {
			t.Errorf("%+v", r)
		}
		if r = l.run("--head", head.String()); r.code != exitDone || strings.Contains(r.out, "Note the head") {
			t.Errorf("%+v", r)
		}
		var report audit.Report
		if r = l.run("--json"); r.code != exitDone || json.Unmarshal([]byte(r.out), &report) != nil || report.Head != head || r.err != "" {
			t.Errorf("%+v, %+v", r, report)
		}
	})
	t.Run("AHeadThatIsNotThere", func(t *testing.T) {
		r := l.run("--head", head.String(), "--head", "2"+head.String()[1:])
		if r.code != exitTampered || !strings.Contains(r.out, "a head that was noted is not in the chain, block 2") || strings.Contains(r.out, "block 1") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("TamperedWith", func(t *testing.T) {
		item := l.items()[0]
		item["what"] = &types.AttributeValueMemberS{Value: secretName}
		if _, err := l.db.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &l.log.Name, Item: item}); err != nil {
			t.Fatal(err)
		}
		r := l.run()
		if r.code != exitTampered || !strings.Contains(r.out, "TAMPERED WITH: 1 problem") || !strings.Contains(r.out, "an entry was changed, about inquiry#K7P4-QDX2, at 20") {
			t.Errorf("%+v", r)
		}
		var report audit.Report
		if r = l.run("--json"); r.code != exitTampered || json.Unmarshal([]byte(r.out), &report) != nil || len(report.Problems) != 1 || r.err != "" {
			t.Errorf("%+v, %+v", r, report)
		}
	})
	t.Run("ErrHead", func(t *testing.T) {
		if r := l.run("--head", "7"); r.code != exitUsage || !strings.Contains(r.err, "NUMBER:DIGEST") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrTheTableIsNotThere", func(t *testing.T) {
		name := l.log.Name
		l.log.Name = "gone"
		if r := l.run(); r.code != exitFault {
			t.Errorf("%+v", r)
		}
		l.log.Name, l.unset = name, true
		if r := l.run(); r.code != exitUsage || !strings.Contains(r.err, auditTable) {
			t.Errorf("%+v", r)
		}
	})
}

// TestAuditManyProblems has more problems than people want to read.
func TestAuditManyProblems(t *testing.T) {
	var out bytes.Buffer
	r := audit.Report{Entries: 1, Expired: 2, Waiting: 1, Head: audit.Head{Number: 9, Digest: "x"}}
	for range mostLeft + 5 {
		r.Problems = append(r.Problems, audit.Problem{Kind: audit.BlockMissing, Block: 2, Through: 8})
	}
	printAudit(&out, r, 0)
	for _, want := range []string{"1 entry in", "waiting  1", "expired  2", "a block was taken out, block 2 to 8", "and 5 more"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, &out)
		}
	}
	for _, kind := range []audit.ProblemKind{audit.EntryAltered, audit.EntryMissing, audit.EntryLoose, audit.EntryMisdated, audit.EntryTwice, audit.BlockAltered,
		audit.BlockMissing, audit.HeadMissing} {
		if problemWords[kind] == "" {
			t.Errorf("%s has no words", kind)
		}
	}
}

func TestAuditWho(t *testing.T) {
	const path = "POST /v1/staff/audit/search"
	s := newService(t)
	s.on(path, map[string]any{"next": "more", "entries": []map[string]any{{"at": "2026-06-01T12:00:00Z", "subject": "custody#x", "actor": "rosa",
		"actor_name": "Rosa Sample", "roles": []string{"officer"}, "action": "view", "what": "a custody record", "why": "asked\x1b[2J"},
		{"at": "2026-06-01T11:00:00Z", "subject": "custody#x", "actor": "service", "action": "delete", "what": "a record"}}}, map[string]any{"entries": []int{}}, 403)
	t.Run("OK", func(t *testing.T) {
		r := s.run("A900-000-001\n", "audit", "who", "--a-number", "-", "--why", "a complaint")
		if r.code != exitDone || !strings.Contains(r.out, "Rosa Sample (officer)") || !strings.Contains(r.out, "service") || !strings.Contains(r.out, "--after more") ||
			strings.Contains(r.out, "\x1b") {
			t.Errorf("%+v", r)
		}
		if asked := s.requests(path); len(asked) != 1 || asked[0] != path+` {"a_number":"A900-000-001","why":"a complaint"}` {
			t.Errorf("%v", asked)
		}
	})
	t.Run("None", func(t *testing.T) {
		r := s.run("", "audit", "who", "--staff", "rosa@voice.example", "--after", "more", "--why", "a complaint")
		if r.code != exitDone || r.out != "There are none.\n" || s.requests(path)[1] != path+` {"actor":"rosa@voice.example","after":"more","why":"a complaint"}` {
			t.Errorf("%+v, %v", r, s.requests(path))
		}
	})
	t.Run("ErrDenied", func(t *testing.T) {
		if r := s.run("", "audit", "who", "--upload", "u1", "--why", "a complaint"); r.code != exitDenied {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrUsage", func(t *testing.T) {
		for _, args := range [][]string{{}, {"--why", "a complaint"}, {"--upload", "u1"}, {"--upload", "u1", "--inquiry", "K7P4-QDX2", "--why", "both of them"},
			{"--phone", "-", "--why", "a complaint"}, {"more"}} {
			if r := s.run("", append([]string{"audit", "who"}, args...)...); r.code != exitUsage || r.out != "" {
				t.Errorf("%v: %+v", args, r)
			}
		}
	})
}
