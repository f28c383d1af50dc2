package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"voice.example/infra/local/child"
	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// maxPhones is how many invented phone numbers there are.
const maxPhones = 10_000

// alertsBench is one run of the bench of alerts.
type alertsBench struct {
	changes int // that are told one by one
	fan     int // subscribers of the event of many, and events of the many
	moved   int // people of the upload in whose middle somebody is released
	each    int // alerts of each kind that is paid for
	runs    int
	folder  string
	topic   string
	log     *slog.Logger
}

// run does everything, each on fresh tables.
func (b *alertsBench) run(ctx context.Context) (alertsReport, error) {
	r := alertsReport{Date: time.Now().UTC().Format(time.DateOnly), Machine: thisMachine(""), Changes: b.changes, Fan: b.fan, Moved: b.moved, Runs: b.runs}
	root, err := dynamodb.FindRoot(".")
	if err != nil {
		return r, err
	}
	if b.topic, err = topicARN(root); err != nil {
		return r, err
	}
	for _, part := range []struct {
		name string
		run  func(context.Context, *alertsReport) error
	}{
		{"one by one", b.oneByOne}, {"kinds", b.kinds}, {"one event of many", b.oneOfMany}, {"due", b.due}, {"delay", b.delay}, {"many events", b.manyOfOne},
	} {
		began := time.Now()
		if err := part.run(ctx, &r); err != nil {
			return r, fmt.Errorf("%s: %w", part.name, err)
		}
		b.log.Info("measured", "what", part.name, "s", int(time.Since(began).Seconds()))
	}
	r.price()
	return r, nil
}

// oneByOne tells single changes, until the phone network has the text. Each run begins with another of those compared.
func (b *alertsBench) oneByOne(ctx context.Context, r *alertsReport) error {
	const warm = 20
	n := warm + b.changes
	for run := range b.runs {
		w, err := openWorld(ctx, b.folder, rig.Config{Functions: []string{"alerts", "deliver"}})
		if err != nil {
			return err
		}
		err = rig.Guard(func() error {
			defer w.close()
			if err := w.subscribeEach(ctx, 0, 3*n); err != nil {
				return err
			}
			if err := w.insert(ctx, 0, 3*n, custody.InCustody); err != nil {
				return err
			}
			w.Stream()
			for i := range 3 {
				which := (i + run) % 3
				from, to := which*n, (which+1)*n
				if which == 0 {
					parts, err := b.changesOf(ctx, w, from, to, warm)
					if err != nil {
						return err
					}
					r.OneByOne.Voice = append(r.OneByOne.Voice, parts)
					continue
				}
				for n := from; n < to; n++ {
					if err := w.people.Apply(ctx, w.record(n, 2, custody.Released)); err != nil {
						return err
					}
				}
				w.Stream()
				kind := []string{"", tellFloor, tellPlain}[which]
				t, err := w.peer(ctx, kind, b.topic, from, to, 1)
				if err != nil {
					return err
				}
				if t.Texts != n {
					return fmt.Errorf("%s sent %d texts of %d", kind, t.Texts, n)
				}
				both := make([]float64, 0, b.changes)
				for i := warm; i < n; i++ {
					both = append(both, 1000*(t.Plan[i]+t.Deliver[i]))
				}
				p := peerParts{Text: percentiles(both), CPUms: 1000 * (t.PlanCPU + t.DeliverCPU) / float64(n), Calls: float64(t.PlanCalls+t.DeliverCalls) / float64(n)}
				if kind == tellFloor {
					r.OneByOne.Floor = append(r.OneByOne.Floor, p)
				} else {
					r.OneByOne.Plain = append(r.OneByOne.Plain, p)
				}
				if err := w.Queue(rig.Urgent).Purge(ctx); err != nil { // the peers' jobs
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// changesOf tells changes through the functions, one after the other, and leaves the first few out.
func (b *alertsBench) changesOf(ctx context.Context, w *world, from, to, warm int) (voiceParts, error) {
	var write, stream, alerts, queue, deliver, functions, all []float64
	before := spentBy("alerts").CPU + spentBy("deliver").CPU
	calls := 0
	for n := from; n < to; n++ {
		began := time.Now()
		if err := w.people.Apply(ctx, w.record(n, 2, custody.Released)); err != nil {
			return voiceParts{}, err
		}
		written := time.Now()
		changes := w.Stream()
		read := time.Now()
		planned, err := w.run("alerts", rig.StreamEvent(changes...))
		if err != nil {
			return voiceParts{}, err
		}
		published := time.Now()
		jobs := w.Receive(rig.Urgent)
		received := time.Now()
		if len(changes) != 1 || len(jobs) != 1 {
			return voiceParts{}, fmt.Errorf("one change made %d records and %d jobs", len(changes), len(jobs))
		}
		sent, err := w.run("deliver", w.QueueEvent(rig.Urgent, jobs...))
		if err != nil {
			return voiceParts{}, err
		}
		if len(sent.Texts) != 1 || sent.Texts[0].To != phoneOf(n) {
			return voiceParts{}, fmt.Errorf("one alert made %d texts", len(sent.Texts))
		}
		done := time.Now()
		w.Delete(rig.Urgent, jobs...)
		for _, u := range []rig.Usage{planned.Usage, sent.Usage} {
			for _, c := range u.Calls {
				calls += c
			}
		}
		if n-from < warm {
			continue
		}
		ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
		write, stream, queue = append(write, ms(written.Sub(began))), append(stream, ms(read.Sub(written))), append(queue, ms(received.Sub(published)))
		alerts, deliver = append(alerts, ms(planned.Took)), append(deliver, ms(sent.Took))
		functions, all = append(functions, ms(planned.Took+sent.Took)), append(all, ms(done.Sub(written)))
	}
	n, used := float64(to-from), spentBy("alerts").CPU+spentBy("deliver").CPU
	var empty []float64
	for range to - from {
		took := time.Duration(0)
		for _, function := range []string{"alerts", "deliver"} {
			got, err := w.run(function, []byte(`{"Records":[]}`))
			if err != nil {
				return voiceParts{}, err
			}
			took += got.Took
		}
		empty = append(empty, float64(took)/1e6)
	}
	return voiceParts{Empty: percentiles(empty), EmptyCPU: 1000 * (spentBy("alerts").CPU + spentBy("deliver").CPU - used) / n, Text: percentiles(all), Functions: percentiles(functions), Write: percentiles(write), Stream: percentiles(stream), Alerts: percentiles(alerts),
		Queue: percentiles(queue), Deliver: percentiles(deliver), CPUms: 1000 * (used - before) / n, Calls: float64(calls) / n}, nil
}

// oneOfMany tells one event to many subscribers.
func (b *alertsBench) oneOfMany(ctx context.Context, r *alertsReport) error {
	const floorDelivers = 1000 // of the peers' alerts: one after the other, all would take minutes
	w, err := openWorld(ctx, b.folder, rig.Config{Functions: []string{"alerts", "deliver"}, Lanes: urgentLanes, Capacity: true})
	if err != nil {
		return err
	}
	return rig.Guard(func() (err error) {
		defer w.close()
		for who := range 3 {
			var subs []subscription.Subscription
			for phone := range b.fan {
				sub, err := w.subscriber(ctx, who, phone)
				if err != nil {
					return err
				}
				subs = append(subs, sub)
			}
			if err := w.subscribe(ctx, subs); err != nil {
				return err
			}
		}
		if err := w.insert(ctx, 0, 1, custody.Released); err != nil {
			return err
		}
		if r.OneOfMany, err = w.fanOut(ctx, b.fan); err != nil {
			return err
		}
		if err := w.insert(ctx, 1, 3, custody.Released); err != nil {
			return err
		}
		w.Stream()
		r.OneOfMany.Peers = map[string]told{}
		for i, kind := range []string{tellFloor, tellPlain} {
			t, err := w.peer(ctx, kind, b.topic, 1+i, 2+i, floorDelivers)
			if err != nil {
				return err
			}
			r.OneOfMany.Peers[kind] = t
			if err := w.Queue(rig.Urgent).Purge(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// manyOfOne tells as many events to one subscriber each.
func (b *alertsBench) manyOfOne(ctx context.Context, r *alertsReport) error {
	w, err := openWorld(ctx, b.folder, rig.Config{Functions: []string{"alerts", "deliver"}, Lanes: urgentLanes, Capacity: true})
	if err != nil {
		return err
	}
	return rig.Guard(func() (err error) {
		defer w.close()
		if err := w.subscribeEach(ctx, 0, b.fan); err != nil {
			return err
		}
		if err := w.insert(ctx, 0, b.fan, custody.Released); err != nil {
			return err
		}
		r.ManyOfOne, err = w.fanOut(ctx, b.fan)
		return err
	})
}

// fanOut has alerts plan what the stream brings, and then deliver work off the urgent queue, until each of so many phones
// has its one text.
func (w *world) fanOut(ctx context.Context, texts int) (f fanOut, err error) {
	changes := w.Stream()
	f.Alerts = texts
	if f.Plan, err = w.phase("alerts", func() error { return w.tell(ctx, changes) }); err != nil {
		return f, err
	}
	if got := w.Queue(rig.Urgent).Counts().Visible; got != texts {
		return f, fmt.Errorf("%d jobs are in the urgent queue, not %d", got, texts)
	}
	f.Deliver, err = w.phase("deliver", func() error {
		return w.work(ctx, rig.Urgent, urgentLanes, queueBatch, nothingMore(), func(rig.Text) {})
	})
	if err != nil {
		return f, err
	}
	return f, w.eachOnce(texts)
}

// eachOnce fails unless each phone has one text.
func (w *world) eachOnce(texts int) error {
	phones := map[string]int{}
	for _, t := range w.Texts("") {
		phones[t.To]++
	}
	for n := range texts {
		if phones[phoneOf(n)] != 1 {
			return fmt.Errorf("%s has %d texts, not one", phoneOf(n), phones[phoneOf(n)])
		}
	}
	if len(phones) != texts {
		return fmt.Errorf("%d phones have texts, not %d", len(phones), texts)
	}
	return nil
}

// due is what waits until one minute.
func (b *alertsBench) due(ctx context.Context, r *alertsReport) error {
	w, err := openWorld(ctx, b.folder, rig.Config{Functions: []string{"escalate"}, Capacity: true})
	if err != nil {
		return err
	}
	return rig.Guard(func() (err error) {
		defer w.close()
		// A run with nothing to do is what the service costs when nothing happens. The first also starts the process.
		minute := func() error {
			_, err := w.run("escalate", w.ScheduleEvent())
			return err
		}
		if err := minute(); err != nil {
			return err
		}
		if r.Due.Idle, err = w.phase("escalate", minute); err != nil {
			return err
		}
		var alerts []alert.Alert
		for n := range b.fan {
			record := w.record(n, 1, custody.Removed)
			sub, err := w.subscriber(ctx, n, n)
			if err != nil {
				return err
			}
			a := alert.New(alert.EventID(w.keys, record), custody.EventRemoved, record, sub.ID)
			a.Hold(w.Now().Add(-time.Second))
			alerts = append(alerts, a)
		}
		if err := w.ledger.PlanMany(ctx, alerts); err != nil {
			return err
		}
		r.Due.Alerts = b.fan
		for w.Queue(rig.Routine).Counts().Visible < b.fan {
			before := w.Queue(rig.Routine).Counts().Visible
			p, err := w.phase("escalate", minute)
			if err != nil {
				return err
			}
			r.Due.Runs = append(r.Due.Runs, p)
			if w.Queue(rig.Routine).Counts().Visible == before {
				return fmt.Errorf("a run of escalate published nothing, with %d jobs of %d out", before, b.fan)
			}
		}
		if got := w.Queue(rig.Routine).Counts().Visible; got != b.fan {
			return fmt.Errorf("%d jobs are in the routine queue, not %d", got, b.fan)
		}
		return nil
	})
}

// start runs a peer and returns what it printed.
func (w *world) start(ctx context.Context, command []string, endpoint string) ([]byte, error) {
	var out, errs bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "AWS_REGION=" + template.Region, "AWS_ACCESS_KEY_ID=" + dynamodb.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + dynamodb.SecretKey, "AWS_ENDPOINT_URL=" + endpoint, "AWS_EC2_METADATA_DISABLED=true"}
	process, err := child.Start(cmd)
	if err != nil {
		return nil, err
	}
	select {
	case <-process.Done():
	case <-ctx.Done():
		process.Kill()
		return nil, ctx.Err()
	}
	if process.Err() != nil {
		return nil, errors.Join(process.Err(), errors.New(strings.TrimSpace(errs.String())))
	}
	return out.Bytes(), nil
}
