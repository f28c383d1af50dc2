package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	networks "voice.example/infra/local/phone"
	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/staff"
)

// life is one inquiry, and what its phone should have been told. It knows nothing of the timeline.
type life struct {
	inquiry.Inquiry // as it was last seen
	phone           phone.Number
	stopped         bool
	had             bool         // they know, or are about to be told, that somebody has it
	news            inquiry.Step // the last thing to tell; NoStep for nothing, or when that is over
	untold          bool
	want            []inquiry.Step
	behaves         networks.Behaviour
}

// happened takes in what an action did.
func (l *life) happened(now inquiry.Inquiry, action string) {
	before := l.Inquiry
	l.Inquiry = now
	tell := func(step inquiry.Step) { l.news, l.untold = step, step != inquiry.NoStep }
	has := now.State == inquiry.Assigned
	switch {
	case now.Version == before.Version:
	case action == "resolve":
		l.had = false
		tell(inquiry.StepClosed)
		if now.Outcome == inquiry.Withdrawn {
			tell(inquiry.NoStep)
		}
	case action == "tried":
		tell(inquiry.StepTried)
	case action == "contacted":
		l.had = true
		tell(inquiry.NoStep)
	case now.Office != before.Office:
		l.had = has
		tell(inquiry.StepMoved)
	case has && !l.had:
		l.had = true
		tell(inquiry.StepInHand)
	}
}

// observed is that inform looks at the inquiry; it returns whether it has to come again.
func (l *life) observed() (again bool) {
	if !l.untold || !l.MayText {
		return false
	}
	if !l.stopped {
		switch l.behaves {
		case networks.Throttled:
			return true
		case networks.Deliver:
			l.want = append(l.want, l.news)
		}
	}
	l.untold = false
	return false
}

// TestLives has inquiries live through anything while their records come late, again, in batches of any size, and while the
// network fails: each phone gets just the news that it should, once each, in order, and nothing after STOP.
func TestLives(t *testing.T) {
	b := newBench(t)
	phones := 0
	rapid.Check(t, func(t *rapid.T) {
		b.records()
		lives := map[string]*life{}
		for range rapid.IntRange(1, 2).Draw(t, "inquiries") {
			phones++
			l := &life{phone: phone.Number(fmt.Sprintf("+1202555%04d", phones%10000)), behaves: networks.Deliver}
			b.cloud.Behave(l.phone.E164(), networks.Deliver)
			may := rapid.IntRange(0, 3).Draw(t, "may text") > 0
			byText := rapid.IntRange(0, 4).Draw(t, "by text") == 0
			l.Inquiry = b.asked(func(i *inquiry.Inquiry, c *inquiry.Contact) {
				if c.Phone, c.MayText = l.phone, may; byText {
					i.Channel = inquiry.Text
				}
				i.Office = ""
			})
			if !byText {
				l.news, l.untold = inquiry.StepReceived, true
			}
			lives[l.Reference] = l
		}
		var past, coming []json.RawMessage
		deliver := func(records []json.RawMessage) {
			if len(records) == 0 {
				return
			}
			failing := map[string]bool{}
			seen := map[string]bool{}
			for _, raw := range records {
				if r := read(raw); r.changed() && !seen[r.Change.Keys.Reference.S] {
					seen[r.Change.Keys.Reference.S] = true
					failing[sequence(raw)] = lives[r.Change.Keys.Reference.S].observed()
				}
			}
			want := ""
			for _, raw := range records {
				if failing[sequence(raw)] {
					want = sequence(raw)
					break
				}
			}
			failed := b.handle(records...)
			if want == "" && len(failed) != 0 || want != "" && !slices.Equal(failed, []string{want}) {
				t.Fatalf("%v failed, want %q", failed, want)
			}
		}
		next := func() {
			if coming = append(coming, b.records()...); len(coming) > 0 {
				n := rapid.IntRange(1, len(coming)).Draw(t, "how many")
				deliver(coming[:n])
				past, coming = append(past, coming[:n]...), coming[n:]
			}
		}
		for range rapid.IntRange(0, 24).Draw(t, "actions") {
			l := lives[rapid.SampledFrom(slices.Sorted(maps.Keys(lives))).Draw(t, "of")]
			b.now = b.now.Add(3 * time.Hour) // of one phone, there are fewer texts in a day than its bound
			switch action := rapid.SampledFrom([]string{"do", "do", "do", "do", "stop", "network", "next", "late"}).Draw(t, "action"); action {
			case "do":
				b.act(t, l)
			case "stop":
				b.say(t, l)
			case "network":
				l.behaves = rapid.SampledFrom([]networks.Behaviour{networks.Deliver, networks.Throttled, networks.Invalid}).Draw(t, "behaves")
				b.cloud.Behave(l.phone.E164(), l.behaves)
			case "next":
				next()
			case "late": // again, and long after
				if len(past) > 0 {
					from := rapid.IntRange(0, len(past)-1).Draw(t, "from")
					deliver(past[from : from+rapid.IntRange(1, len(past)-from).Draw(t, "to")])
				}
			}
		}
		for _, l := range lives {
			l.behaves = networks.Deliver
			b.cloud.Behave(l.phone.E164(), networks.Deliver)
		}
		coming = append(past, coming...)
		for range 2 {
			coming = append(coming, b.records()...)
			deliver(coming)
		}
		for _, l := range lives {
			want := ""
			for _, step := range l.want {
				want += " " + string(step)
			}
			if got := stepsOf(b.cloud.Texts(l.phone.E164()), l.Inquiry); " "+got != want && got+want != "" {
				t.Fatalf("got %q, want %q: %v", got, want, kindsOf(l.Inquiry))
			}
		}
	})
}

func kindsOf(i inquiry.Inquiry) (kinds []inquiry.Kind) {
	for _, e := range i.Timeline {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// act has one thing happen to an inquiry, if it can.
func (b *bench) act(t *rapid.T, l *life) {
	by := rapid.SampledFrom([]staff.Identity{theo, rosa, abel, boss}).Draw(t, "by")
	action := rapid.SampledFrom([]string{"take", "take", "put back", "tried", "contacted", "note", "refer", "refer", "resolve", "withdraw", "reopen",
		"amend", "escalate", "hold"}).Draw(t, "do")
	table, ref := b.inquiries, l.Reference
	switch action {
	case "take":
		_, _ = table.Take(ctx, ref, by) // what cannot be does nothing
	case "put back":
		_, _ = table.PutBack(ctx, ref, 0, boss, "")
	case "tried":
		_, _ = table.Contacted(ctx, ref, 0, boss, false, "")
	case "contacted":
		_, _ = table.Contacted(ctx, ref, 0, boss, true, "")
	case "note":
		_, _ = table.Note(ctx, ref, boss, "")
	case "refer":
		to := inquiry.Referral{Office: by.Office, Role: staff.Officer}
		if rapid.Bool().Draw(t, "to a person") {
			to.Person = by.Email
		}
		_, _ = table.Refer(ctx, ref, 0, boss, to, "")
	case "resolve":
		outcome := rapid.SampledFrom(inquiry.Outcomes()).Draw(t, "outcome")
		_, _ = table.Resolve(ctx, ref, 0, boss, outcome, "")
	case "withdraw":
		action = "resolve"
		_, _ = table.Withdraw(ctx, ref)
	case "reopen":
		_, _ = table.Reopen(ctx, ref, 0, boss, "")
	case "amend":
		may := rapid.Bool().Draw(t, "may text")
		_, _ = table.Amend(ctx, ref, func(c *inquiry.Contact) { c.MayText = may })
	case "escalate":
		_, _ = table.Escalate(ctx, ref, b.now.Add(time.Hour))
	case "hold":
		_, _ = table.Hold(ctx, ref, boss, true, "")
	}
	now, err := table.Get(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	l.happened(now, action)
}

// say has a phone say STOP, or START if it has.
func (b *bench) say(t *rapid.T, l *life) {
	hash := optout.Hash(b.Keys, l.phone)
	var err error
	if l.stopped {
		_, err = b.OptOuts.Start(ctx, hash, b.now, "n")
	} else {
		_, err = b.OptOuts.Stop(ctx, hash, b.now, "m", optout.Replied)
	}
	if err != nil {
		t.Fatal(err)
	}
	l.stopped = !l.stopped
}
