package rig_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/rig"
	"voice.example/shared/custody"
	"voice.example/shared/roster/rostertest"
)

// crowd is how many people are in the files of these tests: more than one call of any batch takes.
const crowd = 120

// list is a file that says of a crowd where they are.
func list(at time.Time, status, facility string) []byte {
	var b strings.Builder
	b.WriteString("a_number,last_name,first_name,date_of_birth,country_of_birth,protected,status,as_of,facility\n")
	for i := range crowd {
		fmt.Fprintf(&b, "A%09d,Invented,Person,1980-01-31,Mexico,N,%s,%s,%s\n", 900_000_000+i, status, at.UTC().Format(time.RFC3339), facility)
	}
	return []byte(b.String())
}

// summaries are the reports of all uploads.
func summaries(t *testing.T, r *rig.Rig) (all []summary) {
	t.Helper()
	bucket, prefix := r.UploadsBucket(), "reports/"
	found, err := r.S3().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range found.Contents {
		if !strings.HasSuffix(*o.Key, "/summary.json") {
			continue
		}
		out, err := r.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: o.Key})
		if err != nil {
			t.Fatal(err)
		}
		var one summary
		if err := json.NewDecoder(out.Body).Decode(&one); err != nil {
			t.Fatal(err)
		}
		out.Body.Close()
		all = append(all, one)
	}
	return all
}

type summary struct {
	Key, State                                                        string
	Rows, Applied, Unchanged, Superseded, Rejected, Conflicts, Events int
}

// ingest hands what is in the queue of uploads to ingest.
func ingest(t *testing.T, r *rig.Rig, f rig.Fault) rig.Result {
	t.Helper()
	waiting := r.Receive(rig.Uploads)
	if len(waiting) == 0 {
		t.Fatal("no upload waits")
	}
	got := r.Invoke("ingest", r.QueueEvent(rig.Uploads, waiting...), f)
	if got.Err == nil && !strings.Contains(string(got.Answer), "itemIdentifier") {
		r.Delete(rig.Uploads, waiting...)
	}
	return got
}

func TestFaultsOfUploads(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Config{Functions: []string{"ingest"}})
	for name, f := range map[string]rig.Fault{
		"PartOfWhatIsRead":     {Kind: rig.Partial, Of: "dynamodb BatchGetItem", At: 1, Calls: 3},
		"PartOfWhatIsInserted": {Kind: rig.Partial, Of: "dynamodb BatchExecuteStatement", At: 2, Calls: 4},
		"InsertedAndNotHeard":  {Kind: rig.Cut, Of: "dynamodb BatchExecuteStatement", At: 2},
		"LateAnswer":           {Kind: rig.Late, Of: "dynamodb BatchExecuteStatement", At: 1, For: time.Minute},
		"LateObject":           {Kind: rig.Late, Of: "s3 PUT", At: 1, For: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			r.Reset()
			before := len(summaries(t, r))
			r.Upload("uploads/"+name+".csv", list(r.Now().Add(-time.Hour), "in_custody", "ONE"))
			got := ingest(t, r, f)
			if got.Err != nil || len(got.Hit) == 0 {
				t.Fatalf("hit %v: %v\n%s", got.Hit, got.Err, r.Logs("ingest"))
			}
			all := summaries(t, r)
			if len(all) != before+1 {
				t.Fatalf("%d reports", len(all)-before)
			}
			for _, s := range all {
				if s.Key == "uploads/"+name+".csv" && (s.State != "done" || s.Rows != crowd || s.Applied != crowd || s.Events != crowd) {
					t.Errorf("got %+v", s)
				}
			}
			if n := len(r.Stream()); n != crowd {
				t.Errorf("%d changes of %d people", n, crowd)
			}
		})
	}
	t.Run("UpdatesOfWhichPartIsThrottled", func(t *testing.T) {
		r.Reset()
		r.Upload("uploads/first.csv", list(r.Now().Add(-time.Hour), "in_custody", "ONE"))
		ingest(t, r, rig.Fault{})
		r.Stream()
		r.Upload("uploads/moved.csv", list(r.Now(), "in_custody", "TWO"))
		got := ingest(t, r, rig.Fault{Kind: rig.Throttle, Of: "dynamodb PutItem", At: 30, Calls: 10})
		if got.Err != nil || len(got.Hit) == 0 {
			t.Fatalf("hit %v: %v", got.Hit, got.Err)
		}
		if n := len(r.Stream()); n != crowd {
			t.Errorf("%d changes of %d people", n, crowd)
		}
	})
}

// TestFaultOfADisk: only workbooks are written to a disk, since they cannot be read from begin to end. On one that is full
// the upload comes again, and is not refused; everything else never notices.
func TestFaultOfADisk(t *testing.T) {
	t.Parallel()
	full := rig.New(t, rig.Config{Functions: []string{"ingest", "alerts", "deliver", "escalate", "replies", "status"}, DiskFull: true})
	t.Run("AlertsNeedNone", func(t *testing.T) {
		b := newBench(t, full)
		b.told(custody.Released)
		if got := b.deliver(rig.Fault{}); got.Err != nil || b.texts() != 1 {
			t.Errorf("%d texts, %v\n%s", b.texts(), got.Err, b.Logs("deliver"))
		}
		b.Reply(number, "STOP")
		if got := full.Invoke("replies", b.QueueEvent(rig.Replies, b.Receive(rig.Replies)...), rig.Fault{}); got.Err != nil || b.texts() != 2 {
			t.Errorf("%d texts, %v", b.texts(), got.Err)
		}
		if got := full.Invoke("escalate", full.ScheduleEvent(), rig.Fault{}); got.Err != nil {
			t.Error(got.Err)
		}
		if answer, _ := full.Ask(search("001234567"), rig.Fault{}); answer.Code != http.StatusOK {
			t.Errorf("the look-up answers %d", answer.Code)
		}
	})
	t.Run("FilesOfTextNeedNone", func(t *testing.T) {
		full.Reset()
		full.Upload("uploads/disk.csv", list(full.Now().Add(-time.Hour), "in_custody", "ONE"))
		if got := ingest(t, full, rig.Fault{}); got.Err != nil || len(full.Stream()) != crowd {
			t.Errorf("%v\n%s", got.Err, full.Logs("ingest"))
		}
	})
	t.Run("WorkbookComesAgain", func(t *testing.T) {
		full.Reset()
		before := len(summaries(t, full))
		full.Upload("uploads/disk.xlsx", rostertest.Workbook(rostertest.Sheet([]string{"a_number", "status", "as_of"}, []string{"A900000001", "released", "2026-05-28"}), "<sst/>", rostertest.Styles))
		got := ingest(t, full, rig.Fault{})
		if got.Err != nil || !strings.Contains(string(got.Answer), "itemIdentifier") || len(summaries(t, full)) != before {
			t.Errorf("%s, %d reports, %v\n%s", got.Answer, len(summaries(t, full))-before, got.Err, full.Logs("ingest"))
		}
		if !strings.Contains(full.Logs("ingest"), "file too large") {
			t.Errorf("the log does not say why:\n%s", full.Logs("ingest"))
		}
	})
}

// search is a look-up.
func search(number string) *http.Request {
	return post("/v1/custody/search", `{"a_number":"`+number+`","country_of_birth":"MX"}`)
}

func post(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// TestFaultsOfAlerts are those that a whole call's failure is not.
func TestFaultsOfAlerts(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "status"}})
	t.Run("PlannedInPart", func(t *testing.T) {
		b := newBench(t, r)
		b.becomes(custody.Released)
		got := b.Invoke("alerts", rig.StreamEvent(b.Stream()...), rig.Fault{Kind: rig.Partial, Of: "dynamodb BatchExecuteStatement", At: 1, Calls: 2})
		if got.Err != nil || len(got.Hit) != 2 || strings.Contains(string(got.Answer), "itemIdentifier") || len(b.Receive(rig.Urgent)) != 1 {
			t.Errorf("hit %v, %s, %v", got.Hit, got.Answer, got.Err)
		}
	})
	t.Run("PublishedInPart", func(t *testing.T) {
		b := newBench(t, r)
		b.becomes(custody.Released)
		changes := b.Stream()
		got := b.Invoke("alerts", rig.StreamEvent(changes...), rig.Fault{Kind: rig.Partial, Of: "sns PublishBatch", At: 1})
		if got.Err != nil || len(got.Hit) != 1 || !strings.Contains(string(got.Answer), changes[0].Sequence) {
			t.Fatalf("hit %v, %s, %v", got.Hit, got.Answer, got.Err)
		}
		b.Invoke("alerts", rig.StreamEvent(changes...), rig.Fault{}) // Lambda brings it again
		jobs := b.Receive(rig.Urgent)
		for range 2 { // of jobs that came twice, one sends
			b.Invoke("deliver", b.QueueEvent(rig.Urgent, jobs...), rig.Fault{})
		}
		if len(jobs) == 0 || b.texts() != 1 {
			t.Errorf("%d jobs, %d texts", len(jobs), b.texts())
		}
	})
	t.Run("ReadSlowerThanItsCallerIsMadeAgain", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Late, Of: "dynamodb GetItem", At: 1, For: time.Minute})
		if got.Err != nil || b.texts() != 1 || got.Took > 9*time.Second {
			t.Errorf("%d texts after %v, %v", b.texts(), got.Took, got.Err)
		}
	})
	t.Run("ClaimSlowerThanItsCallerStands", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Late, Of: "dynamodb UpdateItem", At: 1, For: time.Minute})
		if got.Err != nil || b.texts() != 0 || !strings.Contains(string(got.Answer), "itemIdentifier") {
			t.Fatalf("%d texts, %s, %v", b.texts(), got.Answer, got.Err)
		}
		b.Advance(2 * time.Minute) // the lease runs out
		if b.deliver(rig.Fault{}); b.texts() != 1 {
			t.Errorf("%d texts", b.texts())
		}
	})
	t.Run("GatewaySlowerThanItsCaller", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Late, Of: "sms", At: 1, For: time.Minute})
		if got.Err != nil || b.texts() != 1 || !strings.Contains(string(got.Answer), "itemIdentifier") {
			t.Fatalf("%d texts, %s after %v, %v", b.texts(), got.Answer, got.Took, got.Err)
		}
		b.Advance(2 * time.Minute) // nobody knows whether it arrived: it goes once more
		if b.deliver(rig.Fault{}); b.texts() != 2 {
			t.Errorf("%d texts", b.texts())
		}
	})
	t.Run("SlowerThanTheTimeLimitIsACrash", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Late, Of: "dynamodb", At: 1, Calls: 50, For: time.Minute})
		if got.Err == nil || b.texts() != 0 {
			t.Fatalf("%d texts, %v", b.texts(), got.Err)
		}
		b.Advance(2 * time.Minute)
		if got := b.deliver(rig.Fault{}); got.Err != nil || b.texts() != 1 {
			t.Errorf("%d texts, %v", b.texts(), got.Err)
		}
	})
	t.Run("LookUpOutlivesACallThatHangs", func(t *testing.T) {
		newBench(t, r)
		answer, got := r.Ask(search("001234567"), rig.Fault{Kind: rig.Late, Of: "dynamodb GetItem", At: 1, For: time.Minute})
		if answer.Code != http.StatusOK || len(got.Hit) != 1 || got.Took > 9*time.Second {
			t.Errorf("%d after %v, hit %v: %s", answer.Code, got.Took, got.Hit, answer.Body)
		}
	})
	t.Run("LookUpOfADeadTableIsAProblemAndTellsNothing", func(t *testing.T) {
		newBench(t, r)
		answer, got := r.Ask(search("001234567"), rig.Fault{Kind: rig.Fail, Of: "dynamodb", At: 1, Calls: 50})
		if answer.Code != http.StatusInternalServerError || got.Err != nil || !strings.Contains(answer.Header().Get("Content-Type"), "problem+json") ||
			strings.Contains(answer.Body.String(), "rig") {
			t.Errorf("%d, %v: %s", answer.Code, got.Err, answer.Body)
		}
	})
}

// TestFaultsOfClocks: Lambda's clocks agree to a fraction of a second; ours may differ by minutes, and nothing is lost.
func TestFaultsOfClocks(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "replies", "intake"}})
	for _, skew := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		for _, function := range []string{"alerts", "deliver", "escalate"} {
			t.Run(fmt.Sprintf("%s/%v", function, skew), func(t *testing.T) {
				b := newBench(t, r)
				b.Skew(function, skew)
				defer b.Skew(function, 0)
				b.told(custody.Released)
				if got := b.deliver(rig.Fault{Kind: rig.KillAfter, Of: "dynamodb UpdateItem", At: 1}); got.Err == nil { // claimed, not sent
					t.Fatal("not killed")
				}
				b.Advance(10 * time.Minute) // more than the skew and the lease
				b.Invoke("escalate", b.ScheduleEvent(), rig.Fault{})
				jobs := b.Receive(rig.Urgent) // the one that comes again, and what escalate has published
				b.Invoke("deliver", b.QueueEvent(rig.Urgent, jobs...), rig.Fault{})
				b.Delete(rig.Urgent, jobs...)
				if b.texts() != 1 {
					t.Fatalf("%d texts", b.texts())
				}
				b.Reply(number, "1")
				b.Invoke("replies", b.QueueEvent(rig.Replies, b.Receive(rig.Replies)...), rig.Fault{})
				b.Advance(20 * time.Minute)
				b.Invoke("escalate", b.ScheduleEvent(), rig.Fault{})
				// A text that goes, by deliver's clock, after the reply to it is not what that acknowledges: it is repeated.
				early := function == "deliver" && skew > 0
				if jobs := b.Receive(rig.Urgent); len(jobs) != 0 && !early {
					t.Errorf("an alert that was acknowledged is repeated: %d jobs", len(jobs))
				}
			})
		}
	}
	t.Run("CodesLiveByTheClockThatReadsThem", func(t *testing.T) {
		r.Reset()
		defer r.Skew("intake", 0)
		for ahead, want := range map[time.Duration]int{-5 * time.Minute: http.StatusOK, 5 * time.Minute: http.StatusOK, 15 * time.Minute: http.StatusGone} {
			r.Skew("intake", 0)
			phone := fmt.Sprintf("+12025550%03d", 150+int(ahead.Minutes()))
			answer, _ := r.Ask(post("/v1/subscriptions", `{"a_number":"900000001","country_of_birth":"MX","language":"en","phone":"`+phone+`"}`), rig.Fault{})
			var pending struct {
				ID string `json:"subscription_id"`
			}
			if err := json.Unmarshal(answer.Body.Bytes(), &pending); err != nil || answer.Code != http.StatusAccepted {
				t.Fatalf("%d: %s", answer.Code, answer.Body)
			}
			code := sixDigits.FindString(r.Texts(phone)[0].Body)
			r.Skew("intake", ahead)
			if answer, _ = r.Ask(post("/v1/subscriptions/"+pending.ID+"/verify", `{"code":"`+code+`"}`), rig.Fault{}); answer.Code != want {
				t.Errorf("%v ahead: %d %s", ahead, answer.Code, answer.Body)
			}
		}
	})
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)
