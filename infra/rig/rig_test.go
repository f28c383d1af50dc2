package rig_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/lambda"
	"voice.example/infra/rig"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

const number = "+12025550143"

// bench is a rig with one subscriber to one person in custody, and nothing told yet.
type bench struct {
	*rig.Rig
	t      *testing.T
	people *custody.Table
	record custody.Record
	code   string
}

// Send takes the one-time code.
func (b *bench) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	b.code = strings.Trim(strings.Fields(strings.SplitAfter(text, "code is ")[1])[0], ".")
	return "m", nil
}

func newBench(t *testing.T, r *rig.Rig) *bench {
	t.Helper()
	r.Reset()
	b := &bench{Rig: r, t: t, people: custody.NewTable(r.DB.Client, r.DB.Table("custody"))}
	store := &subscription.Store{Client: r.DB.Client, Table: r.DB.Table("subscriptions"), Keys: r.Keys().Fields, Sender: b, Now: r.Now, Agency: "VOICE",
		Limits: &limit.Table{Client: r.DB.Client, Name: r.DB.Table("limits"), Now: r.Now}, CodesPerPhonePerHour: 10, CodesPerHour: 10}
	pending, err := store.Request(t.Context(), subscription.Application{ANumber: "001234567", CountryOfBirth: "MX", Phone: number, Language: i18n.English}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Confirm(t.Context(), pending.ID, b.code); err != nil {
		t.Fatal(err)
	}
	no := false
	b.record = custody.Record{ANumber: "001234567", UploadID: "u", FirstName: "Ada", LastName: "Test", DateOfBirth: "1980-01-01", CountryOfBirth: "MX",
		Protected: &no, Facility: "One"}
	b.becomes(custody.InCustody)
	r.Stream()
	return b
}

// becomes writes the next version of the record.
func (b *bench) becomes(s custody.Status) {
	b.t.Helper()
	b.record.Version++
	b.record.Status, b.record.Since, b.record.AsOf, b.record.ReceivedAt = s, b.Now(), b.Now(), b.Now()
	if err := b.people.Apply(b.t.Context(), b.record); err != nil {
		b.t.Fatal(err)
	}
}

// told has a change told, up to its job in the queue.
func (b *bench) told(s custody.Status) {
	b.t.Helper()
	b.becomes(s)
	if got := b.Invoke("alerts", rig.StreamEvent(b.Stream()...), rig.Fault{}); got.Err != nil {
		b.t.Fatal(got.Err, b.Logs("alerts"))
	}
}

// deliver delivers what is in the urgent queue, and deletes nothing.
func (b *bench) deliver(f rig.Fault) rig.Result {
	b.t.Helper()
	jobs := b.Receive(rig.Urgent)
	if len(jobs) != 1 {
		b.t.Fatalf("%d jobs are in the queue", len(jobs))
	}
	return b.Invoke("deliver", b.QueueEvent(rig.Urgent, jobs...), f)
}

// texts is how many texts the subscriber has.
func (b *bench) texts() int { return len(b.Texts(number)) }

func TestRig(t *testing.T) {
	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "replies"}, Lanes: 2, Capacity: true})

	t.Run("AlertTakesItsWay", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{})
		if got.Err != nil || b.texts() != 1 {
			t.Fatalf("%d texts, %v\n%s", b.texts(), got.Err, b.Logs("deliver"))
		}
		if len(got.Texts) != 1 || got.Texts[0].MessageID != b.Texts(number)[0].MessageID {
			t.Errorf("the invocation sent %+v", got.Texts)
		}
	})
	t.Run("CallsAndUnitsAreCounted", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		used := b.deliver(rig.Fault{}).Usage
		if used.Calls["sms Publish"] != 1 || used.Calls["dynamodb UpdateItem"] != 2 || used.RRU <= 0 || used.WRU <= 0 {
			t.Errorf("got %+v", used)
		}
		if all := b.Usage(); all.Calls["sns PublishBatch"] != 1 || all.WRU <= used.WRU && b.DB.CountsCapacity() {
			t.Errorf("all together: %+v", all)
		}
	})
	t.Run("KilledBeforeACallWithoutItsEffect", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Kill, Of: "sms", At: 1})
		var failed *lambda.FunctionError
		if !errors.As(got.Err, &failed) || failed.Type != lambda.TypeExit || len(got.Hit) != 1 || b.texts() != 0 {
			t.Fatalf("%d texts, hit %v, %v", b.texts(), got.Hit, got.Err)
		}
		b.Advance(61 * time.Second) // past the lease, and the queue's visibility timeout
		if got := b.deliver(rig.Fault{}); got.Err != nil || b.texts() != 1 {
			t.Fatalf("then %d texts, %v", b.texts(), got.Err)
		}
	})
	t.Run("KilledAfterACallWithItsEffect", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.KillAfter, Of: "sms", At: 1})
		if got.Err == nil || b.texts() != 1 || len(got.Texts) != 1 {
			t.Fatalf("%d texts, of which %d are known, %v", b.texts(), len(got.Texts), got.Err)
		}
	})
	t.Run("ThrottledTextHasNoEffectAndComesAgain", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Throttle, Of: "sms", At: 1})
		if got.Err != nil || b.texts() != 0 || !strings.Contains(string(got.Answer), "itemIdentifier") {
			t.Fatalf("%d texts, %s, %v", b.texts(), got.Answer, got.Err)
		}
	})
	t.Run("ShortThrottleIsRiddenOut", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Throttle, Of: "dynamodb UpdateItem", At: 1, Calls: 4})
		if got.Err != nil || b.texts() != 1 || len(got.Hit) != 4 || got.Took > 5*time.Second {
			t.Fatalf("%d texts, hit %v in %v, %v", b.texts(), got.Hit, got.Took, got.Err)
		}
	})
	for _, kind := range []rig.Kind{rig.Fail, rig.Cut} {
		t.Run("Ambiguous/"+string(kind), func(t *testing.T) {
			b := newBench(t, r)
			b.told(custody.Released)
			got := b.deliver(rig.Fault{Kind: kind, Of: "sms", At: 1})
			if got.Err != nil || b.texts() != 1 || !strings.Contains(string(got.Answer), "itemIdentifier") {
				t.Fatalf("%d texts, %s, %v", b.texts(), got.Answer, got.Err)
			}
		})
	}
	t.Run("SomethingHappensMeanwhile", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		got := b.deliver(rig.Fault{Kind: rig.Pause, Of: "sms", At: 1, Meanwhile: func() {
			if b.texts() != 0 {
				t.Error("the text went before")
			}
			b.becomes(custody.InCustody)
		}})
		if got.Err != nil || b.texts() != 1 || len(got.Hit) != 1 || b.record.Status != custody.InCustody {
			t.Fatalf("%d texts, hit %v, %v", b.texts(), got.Hit, got.Err)
		}
	})
	t.Run("FaultAfterTheLastCallHitsNothing", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		if got := b.deliver(rig.Fault{Kind: rig.Kill, At: 1000}); got.Err != nil || len(got.Hit) != 0 || b.texts() != 1 {
			t.Fatalf("%d texts, hit %v, %v", b.texts(), got.Hit, got.Err)
		}
	})
	t.Run("SideBySide", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		job := b.Receive(rig.Urgent)
		done := make(chan rig.Result)
		for range 2 {
			go func() { done <- r.Invoke("deliver", b.QueueEvent(rig.Urgent, job...), rig.Fault{}) }()
		}
		if one, other := <-done, <-done; one.Err != nil || other.Err != nil || len(one.Texts)+len(other.Texts) != 1 || b.texts() != 1 {
			t.Errorf("%d texts, %v, %v", b.texts(), one.Err, other.Err)
		}
	})
	t.Run("ClockOfFunctionsIsAhead", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		before := b.Receive(rig.Urgent)
		if len(before) != 1 {
			t.Fatalf("%d jobs", len(before))
		}
		b.Delete(rig.Urgent, before...) // the job is lost
		if r.Invoke("escalate", r.ScheduleEvent(), rig.Fault{}); len(b.Receive(rig.Urgent)) != 0 {
			t.Error("published again before it is due")
		}
		b.Advance(3 * time.Minute)
		if got := r.Invoke("escalate", r.ScheduleEvent(), rig.Fault{}); got.Err != nil || len(b.Receive(rig.Urgent)) != 1 {
			t.Errorf("not published again: %v", got.Err)
		}
	})
	t.Run("FilterPoliciesAreTheTemplates", func(t *testing.T) {
		b := newBench(t, r)
		b.record.Facility = "Two"
		b.told(custody.InCustody)
		b.Advance(2 * time.Hour) // transfers wait
		r.Invoke("escalate", r.ScheduleEvent(), rig.Fault{})
		if u, o := len(b.Receive(rig.Urgent)), len(b.Receive(rig.Routine)); u != 0 || o != 1 {
			t.Errorf("%d urgent jobs, %d others", u, o)
		}
	})
	t.Run("StreamIsReadOnceAndInOrder", func(t *testing.T) {
		b := newBench(t, r)
		b.Advance(24 * time.Hour)
		for range 5 {
			b.becomes(custody.InCustody)
		}
		changes := b.Stream()
		var versions []int64
		for _, c := range changes {
			record, err := custody.FromImage(c.New)
			if err != nil {
				t.Fatal(err)
			}
			versions = append(versions, record.Version)
		}
		if !slices.Equal(versions, []int64{2, 3, 4, 5, 6}) || len(b.Stream()) != 0 {
			t.Errorf("got %v", versions)
		}
	})
	t.Run("RepliesAreHeard", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		b.Reply(number, "STOP")
		texts := b.Receive(rig.Replies)
		if got := r.Invoke("replies", b.QueueEvent(rig.Replies, texts...), rig.Fault{}); got.Err != nil || len(texts) != 1 || b.texts() != 1 {
			t.Fatalf("%d replies, %d texts, %v", len(texts), b.texts(), got.Err)
		}
		if b.deliver(rig.Fault{}); b.texts() != 1 {
			t.Errorf("%d texts", b.texts())
		}
	})
	t.Run("ResetForgets", func(t *testing.T) {
		b := newBench(t, r)
		b.told(custody.Released)
		b.deliver(rig.Fault{})
		b.becomes(custody.InCustody)
		r.Reset()
		_, err := b.people.Get(t.Context(), "001234567", true)
		if !errors.Is(err, custody.ErrNotFound) || len(r.Stream()) != 0 || b.texts() != 0 || len(r.Usage().Calls) != 0 {
			t.Errorf("%v, %d texts, %v", err, b.texts(), r.Usage())
		}
		b.Advance(time.Minute)
		if jobs := b.Receive(rig.Urgent); len(jobs) != 0 {
			t.Errorf("%d jobs", len(jobs))
		}
	})
}
