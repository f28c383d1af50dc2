package inquiry

import (
	"strings"
	"testing"
	"time"

	"voice.example/shared/staff"
)

// life makes an inquiry of a word for each thing that happens to it. A word may name a person and an office: assigned:rosa@PHO.
func life(words string) Inquiry {
	i := Inquiry{Channel: Web, Office: National}
	for word := range strings.FieldsSeq(words) {
		kind, at, _ := strings.Cut(word, ":")
		e := Entry{Kind: Kind(kind)}
		e.Person, e.Office, _ = strings.Cut(at, "@")
		i.Timeline = append(i.Timeline, e)
	}
	return i
}

func TestNews(t *testing.T) {
	for name, c := range map[string]struct {
		life string
		edit func(*Inquiry)
		step Step
		upTo int
	}{
		"Received":                         {life: "opened", step: StepReceived, upTo: 1},
		"AskedByText":                      {life: "opened", edit: func(i *Inquiry) { i.Channel = Text }},
		"AskedByTextAndTaken":              {life: "opened taken:theo@national", edit: func(i *Inquiry) { i.Channel = Text }, step: StepInHand, upTo: 2},
		"RoutedAtOnce":                     {life: "opened assigned:rosa@PHO", step: StepInHand, upTo: 2},
		"NotesAreTheStaffs":                {life: "opened noted held noted unheld amended", step: StepReceived, upTo: 1},
		"AnotherOfTheSameOffice":           {life: "opened assigned:rosa@PHO put_back:@PHO taken:ines@PHO referred:rosa@PHO", step: StepInHand, upTo: 2},
		"GivenAfterTheQueue":               {life: "opened referred:theo@national", step: StepInHand, upTo: 2},
		"AnotherOffice":                    {life: "opened assigned:rosa@PHO referred:abel@CHI", step: StepMoved, upTo: 3},
		"AnotherOfficesQueue":              {life: "opened assigned:rosa@PHO referred:@CHI", step: StepMoved, upTo: 3},
		"TakenThere":                       {life: "opened assigned:rosa@PHO referred:@CHI taken:abel@CHI", step: StepInHand, upTo: 4},
		"GivenThereAndTaken":               {life: "opened assigned:rosa@PHO referred:abel@CHI put_back:@CHI taken:abel@CHI", step: StepMoved, upTo: 3},
		"Escalated":                        {life: "opened assigned:rosa@PHO escalated:@national", step: StepMoved, upTo: 3},
		"EscalatedWhereItWas":              {life: "opened taken:theo@national escalated:@national", step: StepInHand, upTo: 2},
		"Tried":                            {life: "opened taken:theo@national tried noted", step: StepTried, upTo: 3},
		"TriedAgain":                       {life: "opened taken:theo@national tried noted tried", step: StepTried, upTo: 5},
		"NothingIsNewOnceTheyAreInContact": {life: "opened taken:theo@national tried contacted noted", upTo: 4},
		"TakenByAnotherAfterContact":       {life: "opened contacted put_back:@national taken:theo@national", upTo: 2},
		"MovedAfterContact":                {life: "opened taken:theo@national contacted referred:rosa@PHO", step: StepMoved, upTo: 4},
		"Resolved":                         {life: "opened taken:theo@national contacted resolved", edit: resolved(Answered), step: StepClosed, upTo: 4},
		"ResolvedAtOnce":                   {life: "opened resolved", edit: resolved(Duplicate), step: StepClosed, upTo: 2},
		"TakenBack":                        {life: "opened taken:theo@national resolved", edit: resolved(Withdrawn), upTo: 3},
		"Reopened":                         {life: "opened taken:theo@national resolved reopened:theo@national", step: StepInHand, upTo: 4},
		"Nothing":                          {},
	} {
		t.Run(name, func(t *testing.T) {
			i := life(c.life)
			if c.edit != nil {
				c.edit(&i)
			}
			if step, upTo := i.News(); step != c.step || upTo != c.upTo {
				t.Errorf("got %q, %d, want %q, %d", step, upTo, c.step, c.upTo)
			}
		})
	}
}

func resolved(o Outcome) func(*Inquiry) {
	return func(i *Inquiry) { i.State, i.Outcome = Resolved, o }
}

func TestHandovers(t *testing.T) {
	for name, c := range map[string]struct {
		life string
		told int
		want string
	}{
		"Routed":                  {life: "opened assigned:rosa@PHO", want: "rosa gets it"},
		"ToldAlready":             {life: "opened assigned:rosa@PHO noted", told: 2},
		"Taken":                   {life: "opened taken:rosa@PHO"},
		"Referred":                {life: "opened taken:rosa@PHO referred:abel@CHI", want: "abel gets it"},
		"ToThemselves":            {life: "opened taken:rosa@PHO referred:rosa@PHO"},
		"TwiceToTheSame":          {life: "opened assigned:rosa@PHO referred:rosa@PHO", want: "rosa gets it"},
		"IntoAQueue":              {life: "opened assigned:rosa@PHO referred:@CHI"},
		"OnlyTheLast":             {life: "opened assigned:rosa@PHO referred:ines@PHO referred:abel@CHI", want: "abel gets it"},
		"PutBackMeanwhile":        {life: "opened assigned:rosa@PHO put_back:@PHO"},
		"TakenMeanwhile":          {life: "opened assigned:rosa@PHO put_back:@PHO taken:ines@PHO"},
		"ResolvedMeanwhile":       {life: "opened assigned:rosa@PHO resolved"},
		"EscalatedFromThem":       {life: "opened assigned:rosa@PHO escalated:@national", told: 2, want: "rosa loses it"},
		"EscalatedFromNobody":     {life: "opened escalated:@national"},
		"EscalatedAndTheirsAgain": {life: "opened assigned:rosa@PHO escalated:@national referred:rosa@PHO", told: 2, want: "rosa gets it"},
		"EscalatedAndTakenAgain":  {life: "opened assigned:rosa@PHO escalated:@national taken:rosa@PHO", told: 2},
		"EscalatedAndGiven":       {life: "opened assigned:rosa@PHO escalated:@national referred:abel@CHI", told: 2, want: "rosa loses it, abel gets it"},
		"EscalatedLongAgo":        {life: "opened assigned:rosa@PHO escalated:@national referred:abel@CHI", told: 3, want: "abel gets it"},
	} {
		t.Run(name, func(t *testing.T) {
			i := life(c.life)
			i.StaffTold = c.told
			var got []string
			all, upTo := i.Handovers()
			for _, h := range all {
				verb := " gets it"
				if h.Lost {
					verb = " loses it"
				}
				got = append(got, h.Person+verb)
			}
			if strings.Join(got, ", ") != c.want || upTo != len(i.Timeline) {
				t.Errorf("got %q, %d, want %q", got, upTo, c.want)
			}
		})
	}
}

// TestTimelineSaysEnough holds the entries that the table writes against what News and Handovers read from them.
func TestTimelineSaysEnough(t *testing.T) {
	table, now := newTable(t)
	table.Terms = Terms{Other: time.Hour}
	i := open(t, table, "a", Inquiry{Reason: Other, Channel: Web})
	is := func(want Step, handovers ...Handover) {
		t.Helper()
		got := get(t, table, i.Reference)
		step, upTo := got.News()
		all, entries := got.Handovers()
		if step != want || len(all) != len(handovers) || len(all) == 1 && all[0] != handovers[0] {
			t.Errorf("after %s: %q, %+v", kinds(got), step, all)
		}
		if err := table.Informed(ctx, i.Reference, upTo); upTo > 0 && err != nil {
			t.Error(err)
		}
		if err := table.StaffInformed(ctx, i.Reference, entries); err != nil {
			t.Error(err)
		}
	}
	do := func(_ Inquiry, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	is(StepReceived)
	do(table.Take(ctx, i.Reference, theo))
	is(StepInHand)
	do(table.Refer(ctx, i.Reference, 0, theo, Referral{Person: rosa.Email, Office: "PHO", Role: staff.Officer}, "hers"))
	is(StepMoved, Handover{Person: rosa.Email})
	do(table.Contacted(ctx, i.Reference, 0, rosa, false, ""))
	is(StepTried)
	*now = now.Add(2 * time.Hour)
	do(table.Escalate(ctx, i.Reference, now.Add(time.Hour)))
	is(StepMoved, Handover{Person: rosa.Email, Lost: true})
	do(table.Take(ctx, i.Reference, theo))
	do(table.Contacted(ctx, i.Reference, 0, theo, true, ""))
	is(NoStep)
	do(table.Resolve(ctx, i.Reference, 0, theo, Answered, ""))
	is(StepClosed)
	do(table.Reopen(ctx, i.Reference, 0, theo, "she called"))
	is(StepInHand)
	do(table.Withdraw(ctx, i.Reference))
	is(NoStep)
}
