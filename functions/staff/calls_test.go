package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
)

// inquiries is how many there are in the table when calls are counted: go test ./functions/staff -run TestCalls -inquiries 100000
var inquiries = flag.Int("inquiries", 1000, "how many inquiries there are when the calls of pages are counted")

// mostCalls is how many calls of DynamoDB a page of the console may take, the session's included.
const mostCalls = 3

// fill writes that many inquiries as they lie in the table: of 25 queues, in three states, of 60 people, three of each phone.
func (o *office) fill(t *testing.T, n int) {
	t.Helper()
	table, states := o.db.Table("inquiries"), []inquiry.State{inquiry.Open, inquiry.Assigned, inquiry.Resolved}
	offices, assignees := []string{"PHO", "CHI", inquiry.National}, []string{"rosa@voice.example"}
	for len(offices) < 25 {
		offices = append(offices, fmt.Sprint("O", len(offices)))
	}
	for len(assignees) < 60 {
		assignees = append(assignees, fmt.Sprintf("p%d@voice.example", len(assignees)))
	}
	var batch []types.WriteRequest
	for k := range n {
		i := inquiry.Inquiry{Reference: o.handler.keys.Reference("fill", fmt.Sprint(k)), Version: 1, Reason: inquiry.Reasons()[k%9], Channel: inquiry.Web, State: states[k%3],
			Office: offices[k/3%len(offices)], Role: staff.Officer, Language: "en", OpenedAt: noon,
			DueBy: noon.Add(time.Duration(k) * time.Second).Format(time.RFC3339), PhoneHash: fmt.Sprint("phone", k/3)}
		i.Queue = i.Office + "#" + string(i.State)
		if i.State != inquiry.Open {
			i.Assignee = assignees[k/75%len(assignees)]
			i.Worklist = i.Assignee + "#" + string(i.State)
		}
		item, err := attributevalue.MarshalMap(i)
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		if len(batch) == 25 || k == n-1 {
			out, err := o.db.Client.BatchWriteItem(context.Background(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: batch}})
			if err != nil || len(out.UnprocessedItems) > 0 {
				t.Fatal(err)
			}
			batch = nil
		}
	}
}

// TestCalls counts the calls that each page of the console takes: every page that is got, and those that a form brings up. A
// new page is counted without being named here. None scans, but for the directory, which is a few kilobytes.
func TestCalls(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	o.put(t, "one", upload.Held, "brake", stopped, "shelf", "uploads")
	i := o.asks(t, "a", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
	o.fill(t, *inquiries)
	c := o.listen()
	everybody := seat(t, o, "rosa", "PHO", staff.Officer, staff.Supervisor, staff.DataOfficer, staff.Auditor)
	count := func(name string, ask func() *httptest.ResponseRecorder) {
		t.Helper()
		c.names = nil
		before := c.Read()
		w := ask()
		used := c.Read()
		t.Logf("%-70s %d %v, %.1f RRU", name, w.Code, c.names, used.RRU-before.RRU)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if len(c.names) > mostCalls {
			t.Errorf("%s takes %v", name, c.names)
		}
		if slices.Contains(c.names, "Scan") && !strings.Contains(name, "directory") && !strings.Contains(name, "hand-over") {
			t.Errorf("%s scans", name)
		}
	}
	paths := map[string]string{"/staff/inquiries/{reference}": "/staff/inquiries/" + i.Reference, "/staff/uploads/{id}": "/staff/uploads/one"}
	for _, r := range o.handler.routes {
		if r.method != "GET" || !strings.HasPrefix(r.path, "/staff") || r.open {
			continue
		}
		path := r.path
		if known := paths[path]; known != "" {
			path = known
		}
		count(path, func() *httptest.ResponseRecorder { return everybody.get(path) })
	}
	for _, path := range []string{"/staff/queue?queue=mine", "/staff/queue?queue=PHO&state=resolved", "/staff/queue?reason=alerts&language=en", "/staff/queue?queue=national&sort=-due",
		"/staff/uploads?state=held", "/staff/uploads/new"} {
		count(path, func() *httptest.ResponseRecorder { return everybody.get(path) })
	}
	for _, form := range [][]string{{"/staff/inquiries/" + i.Reference + "/view", "usual", "review"}, {"/staff/inquiries/" + i.Reference + "/hand-over", "seen", "1"},
		{"/staff/search", "a_number", "1234567"}, {"/staff/search", "last_name", "Nobody", "first_name", "x", "country_of_birth", "MX", "date_of_birth", "1980-01-01"},
		{"/staff/inquiries/" + i.Reference + "/related", "phone", o.handler.relatedPhone(staff.Identity{Subject: "rosa"}, i)},
		{"/staff/person", "a_number", "1234567"}, {"/staff/uploads/one/report"}} {
		count(strings.Join(form[:1], " "), func() *httptest.ResponseRecorder { return everybody.posts(form[0], form[1:]...) })
	}
}
