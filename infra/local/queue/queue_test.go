package queue

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"voice.example/infra/local/durable"
)

const (
	mainARN = "arn:aws:sqs:us-east-1:000000000000:main"
	deadARN = "arn:aws:sqs:us-east-1:000000000000:dead"
)

var configs = []Config{
	{Name: "main", ARN: mainARN, VisibilityTimeout: 10 * time.Second, RetentionPeriod: time.Hour,
		Redrive: &RedrivePolicy{DeadLetterARN: deadARN, MaxReceiveCount: 2}},
	{Name: "dead", ARN: deadARN},
}

// fixture is a service that can be closed and opened again, as after a kill.
type fixture struct {
	t    *testing.T
	path string
	db   *durable.DB
	*Service
}

func start(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "db")}
	f.open()
	t.Cleanup(func() { f.db.Close() })
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	var err error
	if f.db, err = durable.Open(f.path); err != nil {
		f.t.Fatal(err)
	}
	if f.Service, err = Open(f.db, nil, "", configs...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) reopen() {
	f.t.Helper()
	f.db.Close()
	f.open()
}

func (f *fixture) queue(name string) *Queue {
	f.t.Helper()
	q, err := f.Queue(name)
	if err != nil {
		f.t.Fatal(err)
	}
	return q
}

func (f *fixture) send(bodies ...string) {
	f.t.Helper()
	for _, b := range bodies {
		if _, err := f.queue("main").Send(f.t.Context(), Outgoing{Body: b}); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fixture) receive(name string, ask Ask) []Message {
	f.t.Helper()
	if ask.Max == 0 {
		ask.Max = 10
	}
	messages, err := f.queue(name).Receive(f.t.Context(), ask)
	if err != nil {
		f.t.Fatal(err)
	}
	return messages
}

func bodies(messages []Message) []string {
	out := []string{}
	for _, m := range messages {
		out = append(out, m.Body)
	}
	return out
}

func (f *fixture) want(got []Message, want ...string) {
	f.t.Helper()
	if !slices.Equal(bodies(got), want) && (len(got) > 0 || len(want) > 0) {
		f.t.Fatalf("received %q, want %q", bodies(got), want)
	}
}

func TestQueue(t *testing.T) {
	run := func(name string, test func(t *testing.T, f *fixture)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { test(t, start(t)) }) })
	}
	run("ReceivedIsHiddenUntilTheVisibilityTimeout", func(t *testing.T, f *fixture) {
		f.send("a", "b")
		first := f.receive("main", Ask{})
		f.want(first, "a", "b")
		f.want(f.receive("main", Ask{Wait: 9 * time.Second}))
		again := f.receive("main", Ask{Wait: 2 * time.Second})
		f.want(again, "a", "b")
		if again[0].ReceiveCount != 2 || !again[0].FirstReceived.Equal(first[0].FirstReceived) || again[0].ReceiptHandle == first[0].ReceiptHandle {
			t.Errorf("second receive: %+v", again[0])
		}
	})
	run("WaitingReceiverGetsASendAtOnce", func(t *testing.T, f *fixture) {
		began := time.Now()
		go func() {
			time.Sleep(3 * time.Second)
			f.send("x")
		}()
		f.want(f.receive("main", Ask{Wait: 20 * time.Second}), "x")
		if waited := time.Since(began); waited != 3*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
	run("DeleteByNewestHandleOnly", func(t *testing.T, f *fixture) {
		f.send("a")
		old := f.receive("main", Ask{})[0].ReceiptHandle
		time.Sleep(10 * time.Second)
		newest := f.receive("main", Ask{})[0].ReceiptHandle
		if err := f.queue("main").Delete(t.Context(), old)[0]; err != nil {
			t.Fatal(err)
		}
		if c := f.queue("main").Counts(); c.InFlight != 1 {
			t.Fatalf("an old handle deleted the message: %+v", c)
		}
		errs := f.queue("main").Delete(t.Context(), newest, "rubbish")
		if errs[0] != nil || !errors.Is(errs[1], ErrReceiptHandle) {
			t.Fatalf("errors %v", errs)
		}
		if c := f.queue("main").Counts(); c != (Counts{}) {
			t.Fatalf("left over: %+v", c)
		}
	})
	run("RedrivenOnTheReceiveAfterTheLast", func(t *testing.T, f *fixture) {
		f.send("poison")
		for range 2 {
			f.want(f.receive("main", Ask{Wait: 11 * time.Second}), "poison")
		}
		f.want(f.receive("dead", Ask{Wait: time.Minute}))
		f.want(f.receive("main", Ask{Wait: time.Minute}))
		f.reopen()
		dead := f.receive("dead", Ask{})
		f.want(dead, "poison")
		if dead[0].DeadLetterOf != mainARN {
			t.Errorf("dead letter of %q", dead[0].DeadLetterOf)
		}
		time.Sleep(time.Minute)
		if n, err := f.queue("dead").MoveAll(t.Context(), ""); n != 1 || err != nil {
			t.Fatalf("moved %d, %v", n, err)
		}
		back := f.receive("main", Ask{})
		f.want(back, "poison")
		if back[0].ReceiveCount != 1 {
			t.Errorf("a moved message counts %d receives", back[0].ReceiveCount)
		}
	})
	run("DelayAndRetention", func(t *testing.T, f *fixture) {
		delay := 5 * time.Second
		if _, err := f.queue("main").Send(t.Context(), Outgoing{Body: "d", Delay: &delay}); err != nil {
			t.Fatal(err)
		}
		if c := f.queue("main").Counts(); c.Delayed != 1 {
			t.Errorf("counts %+v", c)
		}
		f.want(f.receive("main", Ask{Wait: 4 * time.Second}))
		f.want(f.receive("main", Ask{Wait: 2 * time.Second}), "d")
		time.Sleep(time.Hour)
		f.want(f.receive("main", Ask{}))
	})
	run("ChangeVisibility", func(t *testing.T, f *fixture) {
		f.send("a")
		m := f.receive("main", Ask{})[0]
		if err := f.queue("main").ChangeVisibility(t.Context(), m.ReceiptHandle, 0); err != nil {
			t.Fatal(err)
		}
		f.want(f.receive("main", Ask{}), "a")
		if err := f.queue("main").ChangeVisibility(t.Context(), m.ReceiptHandle, time.Minute); !errors.Is(err, ErrNotInFlight) {
			t.Fatalf("an old handle: %v", err)
		}
	})
	run("EverythingSurvivesAKill", func(t *testing.T, f *fixture) {
		f.send("held", "mapped", "waiting")
		f.want(f.receive("main", Ask{Max: 1}), "held")
		f.want(f.receive("main", Ask{Max: 1, Mapped: true}), "mapped")
		f.reopen()
		// The reader of "mapped" died with the process; that of "held" may be alive.
		rest := f.receive("main", Ask{})
		f.want(rest, "mapped", "waiting")
		f.queue("main").Delete(t.Context(), rest[0].ReceiptHandle, rest[1].ReceiptHandle)
		f.want(f.receive("main", Ask{Wait: 11 * time.Second}), "held")
	})
	run("MaxBytesLeavesTheRestVisible", func(t *testing.T, f *fixture) {
		f.send("12345", "67890", "abc")
		f.want(f.receive("main", Ask{MaxBytes: 8}), "12345", "abc")
		f.want(f.receive("main", Ask{}), "67890")
	})
	run("SendAllIsAllOrNone", func(t *testing.T, f *fixture) {
		err := f.SendAll(t.Context(), []Addressed{{mainARN, Outgoing{Body: "a"}}, {"arn:nowhere", Outgoing{Body: "b"}}})
		if !errors.Is(err, ErrNoQueue) {
			t.Fatalf("error %v", err)
		}
		f.want(f.receive("main", Ask{}))
		if err := f.SendAll(t.Context(), []Addressed{{mainARN, Outgoing{Body: "a"}}, {deadARN, Outgoing{Body: "b"}}}); err != nil {
			t.Fatal(err)
		}
		f.want(f.receive("main", Ask{}), "a")
		f.want(f.receive("dead", Ask{}), "b")
	})
	run("RefusesWhatSQSRefuses", func(t *testing.T, f *fixture) {
		for body, want := range map[string]error{"": ErrInvalidContent, "a\x01": ErrInvalidContent, string(make([]byte, MaxMessageBytes+1)): ErrTooLong} {
			if _, err := f.queue("main").Send(t.Context(), Outgoing{Body: body}); !errors.Is(err, want) {
				t.Errorf("%.5q: %v, want %v", body, err, want)
			}
		}
	})
}

func TestOpen(t *testing.T) {
	t.Run("ErrMissingDeadLetterQueue", func(t *testing.T) {
		f := start(t)
		_, err := Open(f.db, nil, "", Config{Name: "q", ARN: "q", Redrive: &RedrivePolicy{DeadLetterARN: "nowhere", MaxReceiveCount: 1}})
		if err == nil {
			t.Fatal("accepted")
		}
	})
}
