package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/audit"
	"voice.example/shared/custody"
	"voice.example/shared/upload"
)

// check compares what came of the round with what should have.
func (w *round) check() {
	w.World.Check() // of alerts
	w.checkUploads()
	w.checkRequests()
	w.checkAudit()
	w.checkLogs()
	w.countAlerts()
}

// checkUploads: the brake has held what it must, nothing was applied that nobody let pass, and the table says of everybody
// what the newest row says that was applied. Of people whose rows met a conflict, or were taken back, the model knows
// less: there it is enough that the texts agree with the table, which Check has seen to.
func (w *round) checkUploads() {
	newest, unsure, guardedOnce := map[custody.ANumber]row{}, map[custody.ANumber]bool{}, map[custody.ANumber]bool{}
	all := w.known()
	by := map[string]known{}
	for _, u := range all {
		if u.Kind == upload.File {
			by[u.Key] = u
		}
		w.tally.count("uploads "+string(u.State), 1)
	}
	applied := map[string]int{}
	for _, p := range w.Persons {
		for _, v := range p.Versions {
			applied[v.UploadID]++
			if v.Retracts != nil {
				unsure[p.Number] = true
			}
		}
	}
	for _, u := range all {
		approvals := 0
		for _, d := range u.Decisions {
			if d.What == upload.Approved {
				approvals++
			}
		}
		// Whoever asked for a retraction is the first of two.
		if n := applied[u.UploadID]; n > 0 && (u.State != upload.Done || u.Kind == upload.Retraction && approvals < 1) {
			w.stage.Errorf("the upload %s (%s, %s, %d approvals) has changed %d records", u.UploadID, u.Kind, u.State, approvals, n)
		}
	}
	for _, f := range w.uploads {
		u, ok := by[f.key]
		if !ok {
			w.stage.Errorf("nobody knows the upload %s", f.key)
			continue
		}
		if f.mass && (u.State == upload.Done && len(u.Decisions) < 2 || u.State != upload.Done && u.State != upload.Rejected) {
			w.stage.Errorf("the brake did not hold %s: it is %s, after %d decisions", f.key, u.State, len(u.Decisions))
		}
		if f.mass {
			w.tally.count("uploads that the brake must hold", 1)
		}
		if u.State != upload.Done {
			continue
		}
		for _, r := range f.rows {
			r.unchanged = u.Counts.Unchanged > 0
			unsure[r.person.Number] = unsure[r.person.Number] || u.Counts.Conflicts > 0
			guardedOnce[r.person.Number] = guardedOnce[r.person.Number] || r.guard == "Y"
			if r.at.After(newest[r.person.Number].at) {
				newest[r.person.Number] = r
			}
		}
	}
	for _, p := range w.Persons {
		if unsure[p.Number] {
			continue
		}
		want := newest[p.Number]
		if want.unchanged {
			// It may have said nothing new, and then the record is not dated by it (custody.ConfirmAfter): an older row may have
			// come since.
			continue
		}
		got, err := w.People.Get(context.Background(), p.Number, true)
		if err != nil {
			w.stage.Fatal(err)
		}
		guarded := got.Protected != nil && *got.Protected
		// A row protects however old it is, also one of an upload that was interrupted and goes on after a newer one.
		protected := guarded == (want.guard == "Y") || guarded && guardedOnce[p.Number]
		if string(got.Status) != want.status || want.status == "in_custody" && got.Facility != want.place || !protected || got.DateOfBirth != want.born {
			w.stage.Errorf("the record of %s says %s at %q, protected %v; the newest row says %s at %q, protected %s",
				p.Initials, got.Status, got.Facility, guarded, want.status, want.place, want.guard)
			for _, f := range w.uploads {
				for _, r := range f.rows {
					if r.person == p {
						w.stage.Logf("%s (%s, %+v): %s", f.key, by[f.key].State, by[f.key].Counts, strings.TrimSpace(r.csv()))
					}
				}
			}
			for _, v := range p.Versions {
				w.stage.Logf("v%d of %s by %s: %s at %q, as of %s", v.Version, p.Initials, v.UploadID, v.Status, v.Facility, v.AsOf)
			}
		}
		w.tally.count("records compared", 1)
	}
}

// checkRequests: each request is there, and counted once.
func (w *round) checkRequests() {
	there := 0
	w.scan("inquiries", func(item map[string]types.AttributeValue) {
		if _, ok := item["opened_at"]; ok {
			there++
		}
	})
	counted := 0
	w.scan("volumes", func(item map[string]types.AttributeValue) {
		series, _ := item["series"].(*types.AttributeValueMemberS)
		opened, ok := item["opened"].(*types.AttributeValueMemberN)
		if ok && series.Value == "inquiries" {
			n, _ := strconv.Atoi(opened.Value) // a counter is a whole number
			counted += n
		}
	})
	if counted != there || there < len(w.asked) {
		w.stage.Errorf("%d requests were made, %d are there, %d are counted", len(w.asked), there, counted)
	}
}

// checkAudit: who has seen or changed what is an unbroken chain.
func (w *round) checkAudit() {
	log := &audit.Log{Client: w.DB.Client, Name: w.DB.Table("audit"), Keys: w.Keys, Now: w.Now}
	report, err := log.Verify(context.Background(), nil, func(int) {})
	if err != nil {
		w.stage.Fatal(err)
	}
	for _, p := range report.Problems {
		w.stage.Errorf("the audit: %s", p.Kind)
	}
	w.tally.count("entries of the audit", report.Entries)
}

// checkLogs: no log has anything personal in it.
func (w *round) checkLogs() {
	for _, f := range functions {
		all := w.Logs(f)
		fresh := all[w.logged[f]:]
		w.logged[f] = len(all)
		if found := w.private.In(fresh); found != "" {
			for line := range strings.Lines(fresh) {
				if strings.Contains(line, found) {
					w.stage.Errorf("the log of %s has something personal in it: %.200s", f, line)
					break
				}
			}
		}
	}
}

// countAlerts adds up what became of the alerts: each is settled, which Check has seen to, so what was not sent is counted
// here as whoever runs the service sees it.
func (w *round) countAlerts() {
	w.scan("alerts", func(item map[string]types.AttributeValue) {
		state, ok := item["state"].(*types.AttributeValueMemberS)
		if !ok {
			return
		}
		why, unsent := "", state.Value == string(alert.Failed) || state.Value == string(alert.OptedOut)
		if outcome, ok := item["outcome"].(*types.AttributeValueMemberS); ok && unsent {
			why = " (" + outcome.Value + ")"
		}
		w.tally.count("alerts "+state.Value+why, 1)
	})
	for _, id := range []string{rig.DeadLetters, "UploadsDeadLetters", "RepliesDeadLetters", "StreamDeadLetters"} {
		if c := w.Queue(id).Counts(); c.Visible > 0 {
			w.tally.count("dead letters", c.Visible)
		}
	}
}

// scan reads a table.
func (w *round) scan(name string, each func(map[string]types.AttributeValue)) {
	table, consistent := w.DB.Table(name), true
	for pages := dynamodb.NewScanPaginator(w.DB.Client, &dynamodb.ScanInput{TableName: &table, ConsistentRead: &consistent}); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			w.stage.Fatal(err)
		}
		for _, item := range page.Items {
			each(item)
		}
	}
}
