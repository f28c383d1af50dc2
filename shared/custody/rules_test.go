package custody

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	no, yes = false, true
	noon    = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

func TestParseANumber(t *testing.T) {
	for text, want := range map[string]ANumber{
		"A010000015": "010000015", "010000015": "010000015", "1234567": "001234567", "a12-345-678": "012345678",
		" A 123 456 789 ": "123456789", "A\u2011123\u00a0456\u2013789": "123456789", "00000001": "000000001",
	} {
		t.Run("OK/"+text, func(t *testing.T) {
			got, err := ParseANumber(text)
			if err != nil || got != want {
				t.Errorf("got %q, %v; want %q", string(got), err, string(want))
			}
		})
	}
	for name, text := range map[string]string{
		"Empty": "", "TooShort": "A123456", "TooLong": "A1234567890", "Letters": "A12345X789", "LaterA": "1234A5678",
		"TwoAs": "AA1234567", "ArabicDigits": "٠١٢٣٤٥٦٧", "Emoji": "📞12345678", "Long": strings.Repeat("1", 10000),
	} {
		t.Run("ErrANumber/"+name, func(t *testing.T) {
			if got, err := ParseANumber(text); err != ErrANumber || got != "" {
				t.Errorf("got %q, %v", string(got), err)
			}
		})
	}
	t.Run("HidesItselfInLogs", func(t *testing.T) {
		var b strings.Builder
		a := ANumber("123456789")
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "a", a, "s", fmt.Sprintf("%v %s %+v", a, a, a))
		if strings.Contains(b.String(), "123456789") {
			t.Errorf("%q shows the digits", b.String())
		}
	})
}

func TestDisclosable(t *testing.T) {
	const born = "2008-06-01" // 18 on 2026-06-01
	adult := Record{DateOfBirth: "1980-01-01", Protected: &no}
	for name, c := range map[string]struct {
		r    Record
		now  time.Time
		want bool
	}{
		"Adult":                    {adult, noon, true},
		"NotProtectedButMinor":     {Record{DateOfBirth: "2010-01-01", Protected: &no}, noon, false},
		"AdultButProtected":        {Record{DateOfBirth: "1980-01-01", Protected: &yes}, noon, false},
		"AdultButNobodySaid":       {Record{DateOfBirth: "1980-01-01"}, noon, false},
		"NoDateOfBirth":            {Record{Protected: &no}, noon, false},
		"UnreadableDateOfBirth":    {Record{DateOfBirth: "1980", Protected: &no}, noon, false},
		"BornInTheFuture":          {Record{DateOfBirth: "2029-03-14", Protected: &no}, noon, false},
		"NoRecord":                 {Record{}, noon, false},
		"DayBefore18":              {Record{DateOfBirth: "2008-06-02", Protected: &no}, noon, false},
		"BirthdayNotYetEverywhere": {Record{DateOfBirth: born, Protected: &no}, noon.Add(-time.Second), false},
		"BirthdayEverywhere":       {Record{DateOfBirth: born, Protected: &no}, noon, true},
		"LeapDayNotOn28February":   {Record{DateOfBirth: "2008-02-29", Protected: &no}, time.Date(2026, 2, 28, 23, 59, 0, 0, time.UTC), false},
		"LeapDayOn1March":          {Record{DateOfBirth: "2008-02-29", Protected: &no}, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Disclosable(c.r, c.now); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestParseReason(t *testing.T) {
	for text, want := range map[string]Outcome{
		"Transferred": transferred, "Removed": removed, "Title 42 Return": removed, "Paroled - Fear Found": released,
		"  order  of   SUPERVISION – No SLRRFF": released, "Bonded Out - IJ": released, "Withdrawal": departed,
		"U.S. Marshals or other agency (explain in Detention Comments)": {Status: TransferredOut},
		"Died": {Status: Deceased}, "Escaped": {Status: Escaped}, "ORR-Runaway": juvenile,
		"ORR - Office of Refugee Resettlement": juvenile, "Processing Disposition Changed Locally": unchanged,
	} {
		t.Run("OK/"+text, func(t *testing.T) {
			if got, ok := ParseReason(text); !ok || got != want {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
	for _, text := range []string{"", "Releasd", "Paroled - ", "Removed?"} {
		t.Run("Unknown/"+text, func(t *testing.T) {
			if got, ok := ParseReason(text); ok {
				t.Errorf("guessed %+v", got)
			}
		})
	}
	t.Run("EveryOutcomeIsAKnownStatus", func(t *testing.T) {
		for text, outcome := range reasons {
			if !outcome.Status.Valid() {
				t.Errorf("%s: %q", text, outcome.Status)
			}
			if text != foldReason(text) {
				t.Errorf("%q can never be found", text)
			}
		}
	})
}

func TestChange(t *testing.T) {
	held := Record{Status: InCustody, FacilityCode: "FLO", Facility: "Florence", BookedIn: noon, AsOf: noon, Since: noon, ReceivedAt: noon,
		DateOfBirth: "1980-01-01", Protected: &no, CountryOfBirth: "MX"}
	with := func(edit func(*Record)) *Record { r := held; r.AsOf = noon.Add(time.Hour); edit(&r); return &r }
	gone := func(edit func(*Record)) *Record { // a roster lacks them
		return with(func(r *Record) { r.UnlistedSince = noon; edit(r) })
	}
	same := func(*Record) {}
	back := func(version int64, edit func(*Record)) *Record { // takes a version back
		return with(func(r *Record) { r.Version, r.Retracts = 9, &Retraction{UploadID: "w", Version: version}; edit(r) })
	}
	wrong := func(edit func(*Record)) *Record {
		return with(func(r *Record) { r.Version, r.UploadID, r.Status = 8, "w", Released; edit(r) })
	}
	out := func(s Status) *Record { return with(func(r *Record) { r.Status = s }) }
	for name, c := range map[string]struct {
		old, new *Record
		want     Event
	}{
		"FirstSeenHeld":           {nil, &held, BookedIn},
		"FirstSeenReleased":       {nil, out(Released), EventReleased},
		"Deleted":                 {&held, nil, NoEvent},
		"NothingNew":              {&held, &held, NoEvent},
		"OtherFacility":           {&held, with(func(r *Record) { r.FacilityCode = "FSF" }), Transferred},
		"LeftForAnother":          {&held, with(func(r *Record) { r.InTransit = true }), Transferred},
		"Arrived":                 {with(func(r *Record) { r.InTransit = true }), with(func(r *Record) { r.FacilityCode = "FSF" }), Transferred},
		"NameCorrected":           {&held, with(func(r *Record) { r.LastName = "X" }), NoEvent},
		"Released":                {&held, out(Released), EventReleased},
		"Removed":                 {&held, out(Removed), EventRemoved},
		"Departed":                {&held, out(Departed), EventDeparted},
		"Escaped":                 {&held, out(Escaped), EventEscaped},
		"Deceased":                {&held, out(Deceased), EventDeceased},
		"OtherAgency":             {&held, out(TransferredOut), OtherAgency},
		"ReleasedThenRemoved":     {out(Released), out(Removed), EventRemoved},
		"BackInCustody":           {out(Released), with(func(r *Record) { r.AsOf = noon.Add(2 * time.Hour) }), Returned},
		"ReleaseWasWrong":         {out(Released), with(func(*Record) {}), Corrected},
		"DeathWasWrong":           {out(Deceased), with(func(r *Record) { r.AsOf = noon.Add(2 * time.Hour) }), Corrected},
		"OtherReasonSameStatus":   {out(Released), with(func(r *Record) { r.Status = Released; r.ReleaseReason = "Paroled" }), NoEvent},
		"InAndOutBetweenTwoFiles": {out(Released), with(func(r *Record) { r.Status = Released; r.BookedIn = noon.Add(time.Minute) }), EventReleased},
		"OutAgainWithoutTheBeginOfTheStay": {with(func(r *Record) { r.Status = Released; r.BookedIn = time.Time{} }),
			with(func(r *Record) { r.Status = Released; r.BookedIn = time.Time{}; r.StintStart = noon.Add(time.Minute) }), EventReleased},
		"ReleasedWhileNobodyCouldBeTold": {with(func(r *Record) { r.Status = Released; r.Protected = nil }), out(Released), EventReleased},
		"BirthdayAddedLater":             {with(func(r *Record) { r.DateOfBirth = "" }), &held, BookedIn},
		"OtherCountry":                   {with(func(r *Record) { r.CountryOfBirth = "CU" }), &held, BookedIn},
		"StillNobodyCanBeTold":           {with(func(r *Record) { r.Protected = nil }), with(func(r *Record) { r.Protected = nil }), NoEvent},
		"DatedAheadHasCome": {with(func(r *Record) { r.Status = Released; r.Since = noon.AddDate(0, 1, 0) }),
			with(func(r *Record) {
				r.Status = Released
				r.Since = noon.AddDate(0, 1, 0)
				r.ReceivedAt = noon.AddDate(0, 1, 0)
			}), EventReleased},
		"SamePlaceByName":                {&held, with(func(r *Record) { r.FacilityCode = ""; r.Facility = "FLORENCE " }), NoEvent},
		"OtherPlaceByName":               {&held, with(func(r *Record) { r.FacilityCode = ""; r.Facility = "Eloy" }), Transferred},
		"NotOnTheList":                   {&held, gone(same), Unlisted},
		"NotOnTheListWhenFirstTold":      {with(func(r *Record) { r.Protected = nil }), gone(same), Unlisted},
		"StillNotOnTheList":              {gone(same), gone(func(r *Record) { r.UnlistedSince = noon.Add(time.Hour) }), NoEvent},
		"OnTheListAgain":                 {gone(same), with(same), Returned},
		"OnTheListAgainElsewhere":        {gone(same), with(func(r *Record) { r.FacilityCode, r.BookedIn = "FSF", noon.Add(time.Minute) }), Returned},
		"NotOnTheListThenReleased":       {gone(same), out(Released), EventReleased},
		"NotOnTheListThenDeceased":       {gone(same), out(Deceased), EventDeceased},
		"DeceasedWhateverAListSays":      {out(Deceased), gone(func(r *Record) { r.Status = Deceased }), NoEvent},
		"ReleasedWhateverAListSaid":      {gone(func(r *Record) { r.Status = Released }), out(Released), NoEvent},
		"ReleaseTakenBack":               {wrong(same), back(8, same), Corrected},
		"TakenBackAndNothingIsKnown":     {wrong(same), &Record{Status: Released, Retracts: &Retraction{"w", 8}}, Corrected},
		"TakenBackAndProtected":          {wrong(same), back(8, func(r *Record) { r.Protected = &yes }), Corrected},
		"TakenBackWithoutHavingBeenTold": {wrong(func(r *Record) { r.Protected = nil }), back(8, same), NoEvent},
		"TakenBackAfterNewerNews":        {with(func(r *Record) { r.Version, r.UploadID = 8, "n" }), back(7, same), Corrected},
		"TakenBackAfterProtection":       {with(func(r *Record) { r.Version, r.UploadID, r.Protected = 8, "n", &yes }), back(7, func(r *Record) { r.Protected = &yes }), Corrected},
		"TakenBackOnceIsEnough":          {back(8, same), back(8, func(r *Record) { r.Version = 10 }), NoEvent},
		"ReleasedAfterATakingBack":       {back(8, same), back(8, func(r *Record) { r.Status = Released }), EventReleased},
		"AnotherTakenBack":               {back(8, same), back(6, same), Corrected},
		"UnlistingTakenBack":             {wrong(func(r *Record) { r.Status, r.UnlistedSince = InCustody, noon }), back(8, same), Corrected},
		"OutAndInBetweenTwoFiles":        {&held, with(func(r *Record) { r.BookedIn = noon.Add(time.Minute) }), BookedIn},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Change(c.old, c.new, noon); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("EveryArrivalHasAnEvent", func(t *testing.T) {
		for _, s := range Statuses() {
			if !s.event().Valid() {
				t.Errorf("%s has none", s)
			}
		}
	})
}

func TestOlder(t *testing.T) {
	record := Record{AsOf: noon, StintStart: noon, ReceivedAt: noon.Add(time.Minute)}
	ahead := Record{AsOf: noon.AddDate(0, 1, 0), ReceivedAt: noon}
	now := noon.AddDate(0, 0, 7)
	for name, c := range map[string]struct {
		o    Observation
		r    Record
		want bool
	}{
		"Newer":                           {Observation{AsOf: noon.Add(time.Second)}, record, false},
		"Same":                            {Observation{AsOf: noon, StintStart: noon}, record, false},
		"SameWithoutStint":                {Observation{AsOf: noon}, record, false},
		"Older":                           {Observation{AsOf: noon.Add(-time.Second)}, record, true},
		"StintThatEndedAsThisBegan":       {Observation{AsOf: noon, StintStart: noon.Add(-time.Hour)}, record, true},
		"NewsBeforeADateAhead":            {Observation{AsOf: noon.AddDate(0, 0, 5)}, ahead, false},
		"OldNewsDespiteADateAhead":        {Observation{AsOf: noon.Add(-time.Hour)}, ahead, true},
		"EarlierDateAheadIsStillTheElder": {Observation{AsOf: noon.AddDate(0, 0, 20)}, ahead, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.o.Older(c.r, now); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestOnto(t *testing.T) {
	first := Observation{ANumber: "001234567", LastName: "Ödegård", FirstName: "Ana María", DateOfBirth: "1980-01-01",
		CountryOfBirth: "MX", Protected: &no, Status: InCustody, Since: noon, BookedIn: noon, StintStart: noon,
		Facility: "ONE", FacilityCode: "1", FieldOffice: "PHO", AsOf: noon}
	record, changed := first.Onto(nil, "u1", noon)
	t.Run("FirstVersion", func(t *testing.T) {
		if !changed || record.Version != 1 || record.NameKey != "odegard|anamaria|MX" || record.Initials() != "A.O." || record.UploadID != "u1" {
			t.Errorf("got %+v", record)
		}
	})
	t.Run("SameAgainIsNothingNew", func(t *testing.T) {
		if again, changed := first.Onto(&record, "u2", noon.Add(time.Hour)); changed || again.Version != 1 || again.UploadID != "u1" {
			t.Errorf("got %+v, %v", again, changed)
		}
	})
	t.Run("LaterAsOfAloneIsNothingNew", func(t *testing.T) {
		later := first
		later.AsOf = noon.Add(time.Hour)
		if _, changed := later.Onto(&record, "u2", noon); changed {
			t.Error("it counts as a change")
		}
	})
	t.Run("EmptyFieldsEraseNothing", func(t *testing.T) {
		next, changed := Observation{ANumber: "001234567", Status: Released, ReleaseReason: "Paroled", AsOf: noon.Add(time.Hour)}.Onto(&record, "u2", noon)
		if !changed || next.LastName != "Ödegård" || next.DateOfBirth != "1980-01-01" || next.Protected == nil || next.Facility != "ONE" ||
			next.Version != 2 || !next.Since.Equal(noon.Add(time.Hour)) || next.ReleaseReason != "Paroled" {
			t.Errorf("got %+v", next)
		}
		back, _ := Observation{ANumber: "001234567", Status: InCustody, AsOf: noon.Add(2 * time.Hour)}.Onto(&next, "u3", noon)
		if back.ReleaseReason != "" {
			t.Errorf("in custody with the release reason %q", back.ReleaseReason)
		}
	})
	t.Run("NameOfTheSamePlaceKeepsItsCode", func(t *testing.T) {
		if next, changed := (Observation{ANumber: "001234567", Status: InCustody, Facility: "one", AsOf: noon.Add(time.Hour)}).Onto(&record, "u2", noon); changed {
			t.Errorf("got %+v", next)
		}
	})
	t.Run("WhereTheyAreNowIsNotWhereTheyLeft", func(t *testing.T) {
		left, _ := Observation{ANumber: "001234567", Status: InCustody, InTransit: true, AsOf: noon.Add(time.Hour)}.Onto(&record, "u2", noon)
		if left.Facility != "ONE" || !left.InTransit {
			t.Fatalf("on the way: %+v", left)
		}
		arrived, _ := Observation{ANumber: "001234567", Status: InCustody, AsOf: noon.Add(2 * time.Hour)}.Onto(&left, "u3", noon)
		if arrived.Facility != "" || arrived.FacilityCode != "" || arrived.InTransit {
			t.Errorf("arrived somewhere: %+v", arrived)
		}
		freed, _ := Observation{ANumber: "001234567", Status: Released, AsOf: noon.Add(time.Hour)}.Onto(&record, "u2", noon)
		again, _ := Observation{ANumber: "001234567", Status: InCustody, AsOf: noon.Add(2 * time.Hour)}.Onto(&freed, "u3", noon)
		if freed.Facility != "ONE" || again.Facility != "" {
			t.Errorf("back in custody: %+v", again)
		}
	})
	t.Run("DatedAheadIsNewsOnceItHasCome", func(t *testing.T) {
		o := Observation{ANumber: "001234567", Status: Released, Since: noon.AddDate(0, 1, 0), AsOf: noon.AddDate(0, 1, 0)}
		ahead, _ := o.Onto(&record, "u2", noon)
		if _, changed := o.Onto(&ahead, "u3", noon.AddDate(0, 0, 20)); changed {
			t.Error("it is news before it has come")
		}
		if next, changed := o.Onto(&ahead, "u3", noon.AddDate(0, 1, 0)); !changed || Change(&ahead, &next, noon.AddDate(0, 1, 0)) != EventReleased {
			t.Error("it is no news when it has come")
		}
		if !ahead.KnownAsOf().Equal(noon) || !record.KnownAsOf().Equal(noon) {
			t.Errorf("known as of %s", ahead.KnownAsOf())
		}
	})
	t.Run("ConfirmsOnceInAWhile", func(t *testing.T) {
		for hours, want := range map[int]bool{0: false, 11: false, 12: true, 24: true} {
			if got := (Observation{AsOf: noon.Add(time.Duration(hours) * time.Hour)}).Confirms(record); got != want {
				t.Errorf("%d hours: %v", hours, got)
			}
		}
	})
	t.Run("AnyRowIsNewsOfSomebodyARosterLacked", func(t *testing.T) {
		gone := record.Unlist(noon, "u2", noon)
		glance := Glance{Version: gone.Version, RowHash: record.RowHash, AsOf: gone.AsOf, UnlistedSince: gone.UnlistedSince}
		next, changed := first.Onto(&gone, "u3", noon.Add(time.Hour))
		if first.Repeats(glance, noon) || !changed || !next.UnlistedSince.IsZero() || next.Version != gone.Version+1 || Change(&gone, &next, noon) != Returned {
			t.Errorf("got %+v, %v", next, changed)
		}
	})
	t.Run("ProtectionIsTakenFromAnOldRow", func(t *testing.T) {
		next, changed := Observation{ANumber: "001234567", Protected: &yes, AsOf: noon.Add(-time.Hour)}.Protects(record, "u2", noon)
		if !changed || !*next.Protected || next.Version != 2 || *record.Protected {
			t.Errorf("got %+v", next)
		}
		if _, changed := (Observation{Protected: &no}).Protects(next, "u3", noon); changed {
			t.Error("an old row took it away")
		}
	})
	t.Run("ProtectionOfALateUploadLetsNoOlderRowPass", func(t *testing.T) {
		known := record
		known.AsOf, known.ReceivedAt = noon.Add(30*time.Minute), noon.Add(31*time.Minute)
		next, changed := Observation{ANumber: "001234567", Protected: &yes, AsOf: noon}.Protects(known, "u2", noon.Add(time.Minute))
		if older := (Observation{ANumber: "001234567", AsOf: noon.Add(20 * time.Minute)}).Older(next, noon.Add(time.Hour)); !changed || !older {
			t.Errorf("a row of ten minutes before the record is applied to %+v", next)
		}
	})
	t.Run("DoesNotShareTheFlag", func(t *testing.T) {
		flag := false
		o := first
		o.Protected = &flag
		r, _ := o.Onto(nil, "u", noon)
		flag = true
		if *r.Protected {
			t.Error("the record changed with the observation's variable")
		}
	})
}

func TestRetract(t *testing.T) {
	before := Record{ANumber: "001234567", Version: 1, UploadID: "u", Status: InCustody, Facility: "ONE", DateOfBirth: "1980-01-01", Protected: &no}
	wrong := before
	wrong.Version, wrong.UploadID, wrong.Status = 2, "w", Released
	t.Run("SaysAgainWhatItSaid", func(t *testing.T) {
		got, changed := wrong.Retract(&before, wrong, "r", noon)
		if !changed || got.Status != InCustody || got.Version != 3 || got.UploadID != "r" || !got.TakesBack(&wrong) ||
			got.Retracted() != (Record{ANumber: "001234567", Version: 2, UploadID: "w"}) {
			t.Errorf("got %+v, %v", got, changed)
		}
		if Change(&wrong, &got, noon) != Corrected {
			t.Error("nobody would be told")
		}
	})
	t.Run("NothingIsToldOfSomebodyWhoWasNotKnown", func(t *testing.T) {
		got, changed := wrong.Retract(nil, wrong, "r", noon)
		if !changed || Disclosable(got, noon) || got.Initials() != "" || got.Facility != "" || Change(&wrong, &got, noon) != Corrected {
			t.Errorf("got %+v, %v", got, changed)
		}
	})
	t.Run("WhatCameSinceStays", func(t *testing.T) {
		newer := wrong
		newer.Version, newer.UploadID, newer.Status = 3, "n", Removed
		got, changed := newer.Retract(&before, wrong, "r", noon)
		if !changed || got.Status != Removed || got.Version != 4 || Change(&newer, &got, noon) != Corrected {
			t.Errorf("got %+v, %v", got, changed)
		}
	})
	t.Run("WhatIsTrueNowIsNotTakenBack", func(t *testing.T) {
		newer := wrong
		newer.Version, newer.UploadID = 3, "n"
		if got, changed := newer.Retract(&before, wrong, "r", noon); changed {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("ListedAgainBecauseTheRosterWasWrong", func(t *testing.T) {
		gone := before.Unlist(noon, "w", noon)
		got, changed := gone.Retract(&before, gone, "r", noon)
		if !changed || !got.UnlistedSince.IsZero() || Change(&gone, &got, noon) != Corrected {
			t.Errorf("got %+v, %v", got, changed)
		}
	})
}

func TestContradicts(t *testing.T) {
	told := Record{Status: InCustody, Facility: "ONE"}
	for name, c := range map[string]struct {
		now   Record
		wrong bool
		event Event
	}{
		"Same":           {Record{Status: InCustody, Facility: "one", Version: 7}, false, Transferred},
		"Elsewhere":      {Record{Status: InCustody, Facility: "TWO"}, true, Transferred},
		"OnTheWay":       {Record{Status: InCustody, Facility: "ONE", InTransit: true}, true, Transferred},
		"Released":       {Record{Status: Released, Facility: "ONE"}, true, EventReleased},
		"NotOnTheList":   {Record{Status: InCustody, Facility: "ONE", UnlistedSince: noon}, true, Unlisted},
		"ReleasedListed": {Record{Status: Released, UnlistedSince: noon}, true, EventReleased},
	} {
		t.Run(name, func(t *testing.T) {
			if got, event := c.now.Contradicts(told), c.now.EventSince(told); got != c.wrong || event != c.event {
				t.Errorf("got %v, %s", got, event)
			}
		})
	}
	t.Run("OnTheListAgain", func(t *testing.T) {
		gone := told.Unlist(noon, "u", noon)
		if !told.Contradicts(gone) || told.EventSince(gone) != Returned {
			t.Error("it would still be told that they are not on it")
		}
	})
}

// Whatever the order in which a person's rows arrive, applied one by one, the record ends in the latest.
func TestOntoInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stints := rapid.IntRange(1, 6).Draw(t, "stints")
		at, rows := noon, []Observation{}
		for i := range stints {
			start := at
			at = at.Add(time.Duration(rapid.IntRange(1, 500).Draw(t, "hours")) * time.Hour)
			o := Observation{ANumber: "001234567", Status: InCustody, InTransit: true, BookedIn: noon, StintStart: start, Since: at, AsOf: at, FacilityCode: fmt.Sprint(i)}
			if i == stints-1 {
				o.Status, o.InTransit = rapid.SampledFrom(Statuses()).Draw(t, "end"), false
				if o.Status == InCustody {
					o.Since, o.AsOf = start, start
				}
			}
			rows = append(rows, o)
		}
		last := rows[stints-1]
		var record *Record
		for _, o := range rapid.Permutation(rows).Draw(t, "order") {
			if record != nil && o.Older(*record, at) {
				continue
			}
			if next, changed := o.Onto(record, "u", at); changed {
				record = &next
			}
		}
		if record.Status != last.Status || record.FacilityCode != last.FacilityCode || record.InTransit {
			t.Fatalf("ends %s at %s, want %s at %s", record.Status, record.FacilityCode, last.Status, last.FacilityCode)
		}
	})
}
