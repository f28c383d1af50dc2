package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
)

// calls are the operations of DynamoDB that a handler asks for, and what they consume.
type calls struct {
	aws.Meter
	names []string
}

// listen has all of the handler's tables report to it.
func (o *office) listen() *calls {
	c := &calls{}
	client := dynamodb.New(o.db.Client.Options(), c.Attach, func(opts *dynamodb.Options) {
		opts.APIOptions = append(opts.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Calls", func(ctx context.Context, in middleware.InitializeInput,
				next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				c.names = append(c.names, middleware.GetOperationName(ctx))
				return next.HandleInitialize(ctx, in)
			}), middleware.After)
		})
	})
	h := o.handler
	h.sessions.Client, h.volumes.Client, h.directory.Client, h.audit.Client, h.inquiries.Client, h.feeds.Client = client, client, client, client, client, client
	h.custody = custody.NewTable(client, o.db.Table("custody"))
	if desk, ok := h.desk.(*upload.Desk); ok {
		desk.DynamoDB = client
	}
	return c
}

// count adds to the counters of a series on a day; pairs are names and numbers.
func (o *office) count(t testing.TB, series volume.Series, d volume.Date, pairs ...any) {
	t.Helper()
	a := volume.Adds{}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.Add(volume.On(series, d), pairs[i].(string), int64(pairs[i+1].(int)))
	}
	if _, err := o.handler.volumes.Count(context.Background(), []volume.Change{{ID: fmt.Sprint(t.Name(), series, d, pairs), Adds: a}}); err != nil {
		t.Fatal(err)
	}
}

// ordinary is a day of the office.
func (o *office) ordinary(t testing.TB, d volume.Date) {
	t.Helper()
	o.count(t, volume.Inquiries, d, "opened", 30, "reason:custody_status", 9, "reason:alerts", 3, "reason:local_contact", 4, "reason:victim_services", 5,
		"reason:own_case", 6, "reason:report_crime", 2, "reason:call_me", 1, "channel:phone", 20, "channel:web", 9, "channel:text", 1,
		"office:national", 18, "office:ATL", 12, "language:en", 25, "language:es", 5, "first_contact", 28, "first_contact:15m", 20, "first_contact:4h", 8,
		"first_contact_seconds", 70000, "transfers", 3, "overdue", 2, "calls:09", 6, "call_seconds:09", 2160, "calls:14", 14, "call_seconds:14", 5040,
		"resolved", 27, "outcome:answered", 15, "outcome:off_topic", 8, "outcome:withdrawn", 4)
}

// supervisor is a browser in which one sits.
func supervisor(t *testing.T) *browser {
	t.Helper()
	b := newBrowser(t)
	b.now = time.Date(2026, 6, 30, 16, 0, 0, 0, time.UTC)
	b.sit(staff.Identity{Subject: "sofia", Name: "Sofia", Email: "sofia@voice.example", Roles: []staff.Role{staff.Supervisor}})
	return b
}

func TestListVolumes(t *testing.T) {
	o := newOffice(t) // on 1 June 2026
	for i := range 40 {
		o.ordinary(t, volume.Date("2026-06-01").Add(-i))
	}
	type answer struct {
		Per   string     `json:"per"`
		Total spanJSON   `json:"total"`
		Spans []spanJSON `json:"spans"`
	}
	t.Run("ThirtyDaysUnlessItSays", func(t *testing.T) {
		var got answer
		decode(t, o.ask("sofia", "GET", "/v1/staff/volumes", ""), http.StatusOK, &got)
		if got.Per != "day" || len(got.Spans) != 30 || got.Spans[29].Label != "2026-06-01" || got.Spans[0].From != "2026-05-03" || got.Total.Opened != 900 {
			t.Errorf("got %+v", got)
		}
		s := got.Spans[3]
		if s.By["reason"]["own_case"] != 6 || s.By["channel"]["phone"] != 20 || s.By["office"]["ATL"] != 12 || s.By["language"]["es"] != 5 ||
			s.By["outcome"]["off_topic"] != 8 || s.FirstContact.Count != 28 || s.FirstContact.Within["4h"] != 8 || s.FirstContact.Seconds != 70000 ||
			s.Calls["14"] != (callsJSON{14, 5040}) || s.Resolved != 27 || s.Transfers != 3 || s.Overdue != 2 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("ByWeekAndMonth", func(t *testing.T) {
		var got answer
		decode(t, o.ask("walter", "GET", "/v1/staff/volumes?from=2026-05-20&to=2026-06-01&per=week", ""), http.StatusOK, &got)
		if len(got.Spans) != 3 || got.Spans[1].Label != "2026-W22" || got.Spans[1].Opened != 7*30 || got.Spans[2].From != "2026-06-01" {
			t.Errorf("got %+v", got.Spans)
		}
		decode(t, o.ask("walter", "GET", "/v1/staff/volumes?from=2025-06-01&to=2026-05-31&per=month", ""), http.StatusOK, &got)
		if len(got.Spans) != 12 || got.Spans[11].Label != "2026-05" || got.Spans[11].Opened != 31*30 || got.Spans[0].Opened != 0 {
			t.Errorf("got %+v", got.Spans)
		}
	})
	for query, field := range map[string]string{
		"from=2026-06-02&to=2026-06-01": "to", "from=yesterday": "from", "to=9": "to", "per=hour": "per",
		"from=2024-06-01&to=2026-06-01": "per", "from=2020-06-01&to=2026-06-01&per=month": "from",
	} {
		t.Run("Err"+query, func(t *testing.T) {
			if _, fields := refused(t, o.ask("sofia", "GET", "/v1/staff/volumes?"+query, ""), http.StatusBadRequest, "invalid"); fields != field {
				t.Errorf("got %s", fields)
			}
		})
	}
}

func TestShowVolumes(t *testing.T) {
	b := supervisor(t)
	for i := range 60 {
		b.ordinary(t, volume.Date("2026-06-30").Add(-i))
	}
	t.Run("OneCallForAllFiguresAndNoScan", func(t *testing.T) {
		c := b.listen()
		body := b.page(b.get("/staff/volumes?from=2025-07-01&to=2026-06-30&per=day"), http.StatusOK)
		if got := fmt.Sprint(c.names); got != "[UpdateItem Query]" {
			t.Errorf("got %s", got)
		}
		t.Logf("%+v", c.Read())
		if !strings.Contains(body, `id="opened-title"`) || strings.Count(body, "<svg") != 3 {
			t.Error(body)
		}
	})
	t.Run("WhatIsOnIt", func(t *testing.T) {
		body := b.page(b.get("/staff/volumes?from=2026-06-01&to=2026-06-30&per=week"), http.StatusOK)
		for _, want := range []string{
			"<dt>Opened</dt><dd>900</dd>", "840 of those opened, 93 %", "<dd>42 min</dd>", "<dt>Handed to somebody else</dt><dd>90 times</dd>",
			"Custody status", "All others", "2026-W23", `/staff/volumes.csv?from=2026-06-01&amp;per=week&amp;to=2026-06-30`, `/staff/volumes/quarter?q=2026-Q1`,
			"15 minutes or less", "Given another number", "Español", "National", "600 calls in 30 days took 6 min each on average",
			// 14 calls of 6 minutes are 1.4 erlangs.
			"2026-06-01, 14:00 to 15:00", "<dt>Operators needed</dt><dd>3</dd>", "Erlang",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		if strings.Contains(body, "custody_status") || strings.Contains(body, "off_topic") {
			t.Error("a code is on the page")
		}
	})
	t.Run("AnotherTarget", func(t *testing.T) {
		if body := b.page(b.get("/staff/volumes?answer=5&level=99"), http.StatusOK); !strings.Contains(body, "<dt>Operators needed</dt><dd>6</dd>") ||
			!strings.Contains(body, `value="99"`) {
			t.Error(body)
		}
	})
	t.Run("Nothing", func(t *testing.T) {
		body := b.page(b.get("/staff/volumes?from=2020-01-01&to=2020-01-31"), http.StatusOK)
		if !strings.Contains(body, "There were no calls") || strings.Contains(body, "NaN") {
			t.Error(body)
		}
	})
	for query, want := range map[string]string{
		"from=2026-06-02&to=2026-06-01": "The last day is before the first.", "answer=soon": "Seconds, from 0 to 600.", "level=100": "Per cent, from 1 to 99.",
	} {
		t.Run("Err"+query, func(t *testing.T) {
			if body := b.page(b.get("/staff/volumes?"+query), http.StatusBadRequest); !strings.Contains(body, want) {
				t.Error(body)
			}
		})
	}
	t.Run("ErrOfTheTable", func(t *testing.T) {
		name := b.handler.volumes.Name
		b.handler.volumes.Name = "gone"
		defer func() { b.handler.volumes.Name = name }()
		for _, path := range []string{"/staff/volumes", "/staff/volumes.csv", "/staff/volumes/quarter", "/staff/delivery"} {
			if w := b.get(path); w.Code != http.StatusInternalServerError {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	})
}

func TestSendVolumes(t *testing.T) {
	b := supervisor(t)
	b.ordinary(t, "2026-06-29")
	b.count(t, volume.Inquiries, "2026-06-30", "opened", 1, "office:=cmd", 1, "-x:+1", 1)
	w := b.get("/staff/volumes.csv?from=2026-06-29&to=2026-06-30")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") ||
		w.Header().Get("Content-Disposition") != `attachment; filename="volumes-2026-06-29-2026-06-30-day.csv"` {
		t.Fatalf("got %d, %v", w.Code, w.Header())
	}
	body := w.Body.String()
	if strings.Count(body, "\r\n") != strings.Count(body, "\n") || !strings.HasPrefix(body, "period,from,to,counter,value,count\r\n") {
		t.Errorf("got %q", body[:60])
	}
	lines, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, strings.Join(l, " "))
	}
	for _, want := range []string{"2026-06-29 2026-06-29 2026-06-29 opened  30", "2026-06-29 2026-06-29 2026-06-29 calls 14 14",
		"2026-06-30 2026-06-30 2026-06-30 office '=cmd 1", "2026-06-30 2026-06-30 2026-06-30 '-x '+1 1"} {
		if !slices.Contains(got, want) {
			t.Errorf("there is no line %q in %q", want, got)
		}
	}
	if w := b.get("/staff/volumes.csv?per=hour"); w.Code != http.StatusBadRequest {
		t.Errorf("got %d", w.Code)
	}
}

func TestShowQuarter(t *testing.T) {
	b := supervisor(t)
	b.now = time.Date(2026, 7, 1, 16, 0, 0, 0, time.UTC)
	b.sit(staff.Identity{Subject: "walter", Name: "Walter", Email: "walter@voice.example", Roles: []staff.Role{staff.Auditor}})
	for i := range 91 {
		b.ordinary(t, volume.Date("2026-04-01").Add(i))
	}
	b.count(t, volume.Inquiries, "2026-06-30", "opened", 3, "reason:other", 3, "channel:web", 3, "office:SLC", 3, "language:vi", 3)
	t.Run("NoSmallNumber", func(t *testing.T) {
		c := b.listen()
		body := b.page(b.get("/staff/volumes/quarter"), http.StatusOK)
		if got := fmt.Sprint(c.names); got != "[UpdateItem Query]" {
			t.Errorf("got %s", got)
		}
		for _, want := range []string{"Inquiries in 2026-Q2", "2026-04-01 to 2026-06-30", "<dd>2,733</dd>", "&lt;10", "withheld", "Tiếng Việt",
			`href="/staff/volumes/quarter?q=2026-Q1"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		for _, cell := range regexp.MustCompile(`data-label="Number">(\d)<`).FindAllString(body, -1) {
			t.Errorf("there is %s", cell)
		}
		if strings.Contains(body, "2026-Q3") {
			t.Error("a quarter that is not over is offered")
		}
		waits := regexp.MustCompile(`15 minutes or less|up to 4 hours|Not yet`).FindAllString(body, -1)
		if !slices.Equal(waits, []string{"15 minutes or less", "up to 4 hours", "Not yet"}) {
			t.Errorf("got %q", waits)
		}
	})
	t.Run("OneBeforeThereWasAnything", func(t *testing.T) {
		if body := b.page(b.get("/staff/volumes/quarter?q=2025-Q4"), http.StatusOK); !strings.Contains(body, "<dd>0</dd>") || !strings.Contains(body, "2026-Q1") {
			t.Error(body)
		}
	})
	for _, q := range []string{"2026-Q3", "2027-Q1", "soon"} {
		t.Run("Err"+q, func(t *testing.T) {
			b.page(b.get("/staff/volumes/quarter?q="+q), http.StatusBadRequest)
		})
	}
}

// TestOutcomesHaveWords finds an outcome that deliver or receipts write and nobody has words for.
func TestOutcomesHaveWords(t *testing.T) {
	found := 0
	for pattern, dimension := range map[string]string{
		`alert\.Failed, "(\w+)"`: volume.FailedBy, `alert\.OptedOut, "(\w+)"`: volume.OptedOutBy,
		`return "(\w+)", (?:err|nil)\n`:                volume.FailedBy, // why an alert was answered
		`(?:Unreachable|Unknown|Retracted) += "(\w+)"`: volume.FailedBy,
	} {
		for _, folder := range []string{"../deliver", "../receipts", "../../shared/alert"} {
			files, err := filepath.Glob(folder + "/*.go")
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil || strings.HasSuffix(file, "_test.go") {
					continue
				}
				for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
					found++
					if _, ok := volumeWords[dimension][m[1]]; !ok {
						t.Errorf("%s: %s has no words", file, m[1])
					}
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d were found", found)
	}
}
