package upload

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"voice.example/shared/custody"
)

func TestRun(t *testing.T) {
	t.Run("EveryRowIsAccountedFor", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(4, "2026-05-01", "in_custody") + row(5, "2026-05-09", "in_custody"))
		s := o.upload(title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-02", "released") + row(2, "2026-05-01", "in_custody") +
			"x,Test,Ada,1980-01-01,MX,N,ONE,2026-05-01,freed\n" + row(4, "2026-05-01", "in_custody") + row(5, "2026-05-01", "released"))
		want := Counts{Rows: 6, Applied: 2, Unchanged: 1, Superseded: 2, Rejected: 1, Events: 2, Alerts: 3}
		if s.Counts != want || s.State != Done || s.RRU == 0 || s.WRU < 4 {
			t.Errorf("got %+v", s)
		}
		records := o.table()
		if records["001000002"].Status != custody.Released || records["001000005"].Status != custody.InCustody || len(records) != 4 {
			t.Errorf("got %+v", records)
		}
		var kept Summary
		if err := json.Unmarshal([]byte(o.read("reports/"+s.UploadID+"/summary.json")), &kept); err != nil || !reflect.DeepEqual(kept, s) {
			t.Errorf("summary.json says %+v, %v", kept, err)
		}
		rejects, err := csv.NewReader(strings.NewReader(o.read("reports/" + s.UploadID + "/rejects.csv"))).ReadAll()
		if err != nil || len(rejects) != 3 || rejects[1][0] != "5" || rejects[1][1] != "a_number" || rejects[2][2] != "xxxxx" {
			t.Errorf("rejects.csv says %v, %v", rejects, err)
		}
	})
	t.Run("SameFileAgainWritesNothing", func(t *testing.T) {
		o := newOffice(t)
		text := title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-02", "released")
		o.upload(text)
		before := o.table()
		if s := o.upload(text); s.Unchanged != 2 || s.Applied != 0 || s.Events != 0 {
			t.Errorf("got %+v", s)
		}
		if !reflect.DeepEqual(o.table(), before) {
			t.Error("the table changed")
		}
	})
	t.Run("OlderFileWritesNothing", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-02", "released"))
		before := o.table()
		if s := o.upload(title + row(1, "2026-05-01", "in_custody")); s.Superseded != 1 || s.Applied != 0 {
			t.Errorf("got %+v", s)
		}
		if !reflect.DeepEqual(o.table(), before) {
			t.Error("the table changed")
		}
	})
	t.Run("SameObjectAnnouncedTwiceIsOneUpload", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		first := o.run(object)
		o.upload(title + row(1, "2026-05-03", "released"))
		if again := o.run(object); again.State != Done || again.Applied != first.Applied {
			t.Errorf("got %+v", again)
		}
		if o.table()["001000001"].Version != 2 {
			t.Error("the record was written again")
		}
	})
	t.Run("ProtectedInAnyRowOfAFile", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + strings.Replace(row(1, "2026-05-01", "in_custody"), ",N,", ",Y,", 1) + row(1, "2026-05-02", "released"))
		if r := o.table()["001000001"]; r.Protected == nil || !*r.Protected || r.Status != custody.Released {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ErrFileLeavesTheTableAlone", func(t *testing.T) {
		for name, text := range map[string]string{
			"NoHeader": "x,y\n", "Empty": "", "OpenQuote": title + row(1, "2026-05-01", "released") + "\"1234567," + row(2, "2026-05-01", "released") + row(3, "2026-05-01", "released"),
		} {
			o := newOffice(t)
			s := o.upload(text)
			if s.State != Rejected || s.Problem == "" || s.Fix == "" || s.Rows != 0 || len(o.table()) != 0 {
				t.Errorf("%s: got %+v", name, s)
			}
			if !strings.Contains(o.read("reports/"+s.UploadID+"/summary.json"), `"state": "rejected"`) {
				t.Errorf("%s: no report", name)
			}
		}
	})
	t.Run("ErrGone", func(t *testing.T) {
		o := newOffice(t)
		if s := o.run(Object{Bucket: bucket, Key: "uploads/none.csv", Version: "etag seq", ReceivedAt: o.now}); s.State != Failed || s.Problem == "" {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("LateFileDoesNotUndoWhatANewerOneConfirmed", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody"))
		if s := o.upload(title + row(1, "2026-05-10", "in_custody")); s.Unchanged != 1 || s.Applied != 0 || s.Events != 0 {
			t.Errorf("the file that confirms: %+v", s)
		}
		if s := o.upload(title + row(1, "2026-05-05", "released")); s.Superseded != 1 || s.Applied != 0 {
			t.Errorf("the late file: %+v", s)
		}
		if r := o.table()["001000001"]; r.Status != custody.InCustody || r.Version != 2 || r.AsOf.Day() != 10 {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ProtectionIsTakenFromALateFile", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-10", "in_custody"))
		o.upload(title + strings.Replace(row(1, "2026-05-05", "released"), ",N,", ",Y,", 1))
		if r := o.table()["001000001"]; !*r.Protected || r.Status != custody.InCustody {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("RowsOfOnePersonFillOneAnother", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody") + "1000001,,,,,,,2026-05-02,released\n")
		if r := o.table()["001000001"]; !custody.Disclosable(r, o.now) || r.Status != custody.Released || r.LastName != "Test" || r.CountryOfBirth != "MX" {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ErrTooSlowIsSaidAfterAFewAttempts", func(t *testing.T) {
		o := newOffice(t)
		o.now = time.Now()
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		for attempt := range MaxSlow {
			p := o.pipeline(nil)
			p.Subscribers = sleeper{}
			ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(reserve+50*time.Millisecond))
			s, err := p.Run(ctx, object)
			cancel()
			if last := attempt == MaxSlow-1; last && (err != nil || s.State != Failed || s.Problem == "") || !last && !errors.Is(err, ErrOutOfTime) {
				t.Fatalf("attempt %d: %+v, %v", attempt+1, s, err)
			}
			o.now = time.Now()
		}
	})
	t.Run("PlanDeletedIsMadeAnew", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		u := o.planned(o.pipeline(nil), object)
		o.remove(manifestKey(u.ID))
		o.now = o.now.Add(2 * lease)
		if s := o.run(object); s.State != Done || s.Applied != 1 || s.Rows != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("ErrBusy", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		if _, err := o.pipeline(nil).claim(context.Background(), object.ID(), &object); err != nil {
			t.Fatal(err)
		}
		if _, err := o.pipeline(nil).Run(context.Background(), object); !errors.Is(err, ErrBusy) {
			t.Errorf("got %v", err)
		}
		o.now = o.now.Add(lease + time.Second)
		if s := o.run(object); s.State != Done {
			t.Errorf("after the lease: %+v", s)
		}
	})
	t.Run("ErrBusyForWhoLostTheClaim", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		slow, quick := o.pipeline(nil), o.pipeline(nil)
		mine, err := slow.claim(context.Background(), object.ID(), &object)
		if err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(lease + time.Second)
		theirs, err := quick.claim(context.Background(), object.ID(), &object)
		if err != nil {
			t.Fatal(err)
		}
		mine.State = Done
		if err := slow.save(context.Background(), &mine); !errors.Is(err, ErrBusy) {
			t.Errorf("the slow worker ends the quick one's upload: %v", err)
		}
		if err := quick.save(context.Background(), &theirs); err != nil {
			t.Error(err)
		}
	})
	t.Run("ErrOutOfTimeGoesOnFromTheCheckpoint", func(t *testing.T) {
		o := newOffice(t)
		o.now = time.Now()
		var text strings.Builder
		text.WriteString(title)
		const people = 2*checkpoint + 10
		for i := range people {
			text.WriteString(row(i, "2026-05-01", "in_custody"))
		}
		object := o.put("uploads/x.csv", text.String())
		slow := new(slow)
		slow.inserts.Store(checkpoint/custody.MaxInsert + 5)
		_, err := o.pipeline(slow).Run(context.Background(), object)
		if !errors.Is(err, ErrOutOfTime) {
			t.Fatalf("got %v", err)
		}
		if n := len(o.table()); n < checkpoint || n >= people {
			t.Errorf("%d records at the checkpoint", n)
		}
		u, err := o.pipeline(nil).get(context.Background(), object.ID())
		if err != nil || u.NextChange < checkpoint || u.Partial == nil || u.Partial.Counts.Applied < checkpoint {
			t.Errorf("the checkpoint says %+v, %v", u, err)
		}
		o.now = o.now.Add(2 * lease)
		if s := o.run(object); s.State != Done || s.Applied != people || s.Events != people || s.Rows != people {
			t.Errorf("got %+v", s)
		}
	})
}

func TestConflict(t *testing.T) {
	// Between a plan and its writes, another upload changes the record.
	race := func(t *testing.T, mine, theirs string) (Counts, custody.Record) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody"))
		p := o.pipeline(nil)
		u := o.planned(p, o.put("uploads/y.csv", title+mine))
		o.upload(title + theirs)
		if err := p.work(context.Background(), &u); err != nil {
			t.Fatal(err)
		}
		return u.Counts, o.table()["001000001"]
	}
	t.Run("NewsOverOlderNewsIsApplied", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-09", "removed"), row(1, "2026-05-05", "released"))
		if counts.Applied != 1 || r.Status != custody.Removed || r.Version != 3 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("OldNewsAfterNewerIsNot", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-05", "released"), row(1, "2026-05-09", "removed"))
		if counts.Superseded != 1 || counts.Applied != 0 || r.Status != custody.Removed || r.Version != 2 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("LateNewsAgainstARecordConfirmedMeanwhileIsNot", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-05", "released"), row(1, "2026-05-09", "in_custody"))
		if counts.Superseded != 1 || r.Status != custody.InCustody || r.AsOf.Day() != 9 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("ConfirmationOfWhatChangedMeanwhileIsNews", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-09", "in_custody"), row(1, "2026-05-05", "released"))
		if counts.Applied != 1 || r.Status != custody.InCustody || r.AsOf.Day() != 9 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("SameNewsIsUnchanged", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-09", "removed"), row(1, "2026-05-09", "removed"))
		if counts.Unchanged != 1 || r.Version != 2 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
}

func TestTogether(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	t.Run("OfEqualRowsTheLowerOneCounts", func(t *testing.T) {
		a := latest{Line: 2, Observation: custody.Observation{AsOf: at, Facility: "A"}}
		b := latest{Line: 3, Observation: custody.Observation{AsOf: at, Facility: "B"}}
		if together([]latest{a, b}).Line != 3 || together([]latest{b, a}).Line != 3 {
			t.Error("it depends on which is read first")
		}
		a.Observation.AsOf = at.Add(time.Second)
		if together([]latest{a, b}).Line != 2 || together([]latest{b, a}).Line != 2 {
			t.Error("the later moment counts")
		}
	})
	t.Run("InAnyOrderTheSame", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			names, yes := rapid.SampledFrom([]string{"", "A", "B"}), true
			rows := make([]latest, rapid.IntRange(2, 6).Draw(t, "rows"))
			for i := range rows {
				rows[i] = latest{Line: i + 2, Observation: custody.Observation{AsOf: at.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "day")),
					LastName: names.Draw(t, "last"), FirstName: names.Draw(t, "first"), Facility: names.Draw(t, "facility")}}
				if rapid.Bool().Draw(t, "protected") {
					rows[i].Observation.Protected = &yes
				}
			}
			want := together(slices.Clone(rows))
			if got := together(rapid.Permutation(rows).Draw(t, "order")); !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		})
	})
}
