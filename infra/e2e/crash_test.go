package e2e

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// crashWithin is how long it may take after the last crash until every text has arrived: an upload comes again
// after 16 s, a text's claim stands for 30 s, its job comes again every 7 s, and the machine is busy.
const crashWithin = 100 * time.Second

// TestKilledFunctions kills function processes, again and again, while they work through a run of uploads.
func TestKilledFunctions(t *testing.T) {
	t.Parallel()
	const phones, people = 30, 20
	s := start(t, "--template", impatient(t), "--param", "CodesPerPhonePerHour=20")
	c := s.crowd(t, phones, people)
	random := dice()
	killed := map[string]int{}
	kill := func(function string) {
		if running := s.Functions(t, function); len(running) > 0 {
			killed[function]++
			_ = syscall.Kill(running[random.IntN(len(running))].PID, syscall.SIGKILL)
		}
	}
	for _, chapter := range []struct {
		says string
		row  func(person) stint
	}{
		{"is in custody since", func(p person) stint { return p.held(ago(30)) }},
		{"was moved to SOUTHFIELD", func(p person) stint {
			return stint{person: p, stay: ago(30), in: ago(20), facility: "SOUTHFIELD EXAMPLE CENTER", code: "SFEX"}
		}},
		{"was RELEASED", func(p person) stint {
			return stint{person: p, stay: ago(30), in: ago(20), out: ago(10), reason: "Paroled", facility: "SOUTHFIELD EXAMPLE CENTER", code: "SFEX"}
		}},
	} {
		var rows []stint
		for _, p := range c.people {
			rows = append(rows, chapter.row(p))
		}
		name := key("chapter")
		s.put(t, name, file(t, rows...))
		c.expect(chapter.says)
		pause := func(most int) { <-time.After(time.Duration(random.IntN(most)) * time.Millisecond) }
		pause(60)
		kill("ingest")
		s.awaitReport(t, name, nil)
		// The texts are under way now: some process dies every few hundredths of a second.
		for range 16 {
			pause(60)
			kill([]string{"alerts", "deliver"}[random.IntN(2)])
		}
	}
	c.awaitAll(t, s)
	cut := strings.Count(s.Output(), " Runtime.ExitError ")
	t.Logf("killed %v, %d of them at work", killed, cut)
	if cut == 0 {
		t.Error("no process was killed at work, so that nothing has been tested")
	}
	c.repeatsAreExplained(t, s, 10*killed["deliver"])
	s.Stop(t)
}

// TestKilledStack kills everything at once, at one moment after another between an upload and its texts, and
// starts it again on what is left.
func TestKilledStack(t *testing.T) {
	t.Parallel()
	const rounds, phones, people = 6, 12, 3
	args := []string{"--template", impatient(t), "--param", "CodesPerPhonePerHour=20"}
	s := start(t, args...)
	c := s.crowd(t, phones, rounds*people)
	random := dice()
	for round := range rounds {
		// A fresh set of people in each round: uploads may overtake each other after a crash.
		var rows []stint
		for _, p := range c.people[round*people : (round+1)*people] {
			rows = append(rows, p.out(ago(30), ago(2), "Removed"))
		}
		s.put(t, key("round"), file(t, rows...))
		<-time.After(time.Duration(round*60+random.IntN(60)) * time.Millisecond)
		children := s.Children(t)
		s.Kill()
		stacktest.AwaitGone(t, children)
		next := startOn(t, s.State, args...)
		s = next
	}
	c.expect("was removed from the United States")
	c.awaitAll(t, s)
	c.repeatsAreExplained(t, s, rounds*phones*people)
	s.Stop(t)
}

// crowd is phones that all watch all of some people.
type crowd struct {
	phones []string
	people []person
	says   []string // of the texts that each phone is to get about each person
}

func (s *stack) crowd(t *testing.T, phones, people int) *crowd {
	t.Helper()
	c := &crowd{}
	for i := range people {
		p := s.person()
		p.first = string(rune('A'+i)) + p.first // initials that tell them apart
		made.People.Name(p.first)
		c.people = append(c.people, p)
	}
	for range phones {
		phone := s.phone()
		c.phones = append(c.phones, phone)
		for _, p := range c.people {
			s.subscribe(t, p.application(phone))
		}
	}
	return c
}

func (c *crowd) expect(says string) { c.says = append(c.says, says) }

// missing lists the texts that have not arrived.
func (c *crowd) missing(t *testing.T, s *stack) []string {
	t.Helper()
	arrived := c.arrived(t, s)
	var missing []string
	for _, phone := range c.phones {
		for _, p := range c.people {
			for _, says := range c.says {
				if what := phone + ": " + p.initials() + " " + says; arrived[what] == 0 {
					missing = append(missing, what)
				}
			}
		}
	}
	return missing
}

// arrived counts the alerts by phone, person and kind. A text that is none of those expected is a failure.
func (c *crowd) arrived(t *testing.T, s *stack) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, m := range s.texts(t, "") {
		if digits6.MatchString(m.Body) {
			continue
		}
		said, _ := strings.CutPrefix(m.Body, "VOICE: ")
		what := ""
		for _, says := range c.says {
			if strings.HasPrefix(said[min(len(said), len("A.Q. ")):], says) {
				what = says
			}
		}
		if what == "" {
			t.Errorf("nobody expects %q", m.Body)
		}
		counts[m.To+": "+said[:min(len(said), len("A.Q. "))]+what]++
	}
	return counts
}

// awaitAll waits until every text has arrived, but for those that a later one overtook: the ledger knows each of them,
// and the last chapter's can be none. One that was claimed twice may have gone before it was overtaken.
func (c *crowd) awaitAll(t *testing.T, s *stack) {
	t.Helper()
	last := c.says[len(c.says)-1]
	lost := func() (missing []string, withheld int, all bool) {
		missing = c.missing(t, s)
		gone := 0
		for _, a := range s.ledger(t) {
			if attempts, _ := a["attempts"].(float64); overtaken(a) && attempts > 1 {
				gone++
			}
			if overtaken(a) {
				withheld++
			}
		}
		return missing, withheld, len(missing) <= withheld && len(missing) >= withheld-gone && !slices.ContainsFunc(missing, func(what string) bool { return strings.HasSuffix(what, last) })
	}
	if !stacktest.WaitFor(crashWithin, func() bool { _, _, all := lost(); return all }) {
		missing, withheld, _ := lost()
		t.Fatalf("%d texts of %d have not come, %d of them overtaken, such as %v", len(missing), len(c.phones)*len(c.people)*len(c.says), withheld, missing[:min(3, len(missing))])
	}
}

func overtaken(a map[string]any) bool { return a["state"] == "failed" && a["outcome"] == "overtaken" }

// repeatsAreExplained checks that no text came twice but where a kill fell between the sending and the note of it:
// then the ledger knows of another attempt at that very alert. At most so many are allowed.
func (c *crowd) repeatsAreExplained(t *testing.T, s *stack, most int) {
	t.Helper()
	stacktest.Eventually(t, crashWithin, "nothing waits in the ledger", func() bool { return s.unsettled(t) == 0 })
	repeats := 0
	for _, n := range c.arrived(t, s) {
		repeats += n - 1
	}
	planned, again := 0, 0
	for _, a := range s.ledger(t) {
		planned++
		attempts, _ := a["attempts"].(float64)
		again += int(attempts) - 1
		if a["state"] != "sent" && a["state"] != "delivered" && !overtaken(a) {
			t.Errorf("an alert is %v (%v)", a["state"], a["outcome"])
		}
	}
	t.Logf("%d alerts, %d of them claimed again, %d texts repeated", planned, again, repeats)
	if want := len(c.phones) * len(c.people) * len(c.says); planned != want {
		t.Errorf("the ledger has %d alerts, want %d", planned, want)
	}
	if repeats > again || repeats > most {
		t.Errorf("%d texts came again, but only %d were claimed again, and the kills explain at most %d", repeats, again, most)
	}
}
