package upload

import (
	"context"
	"strings"
	"testing"
)

func (o *office) approveMissing(s Summary) Summary {
	o.t.Helper()
	group, err := o.desk().Get(context.Background(), s.MissingUpload)
	if err != nil {
		o.t.Fatal(err)
	}
	o.approve(Summary{UploadID: group.UploadID, PlanHash: group.PlanHash})
	return o.goOn(group.UploadID)
}

func TestRosterWithRejectedRowsDoesNotVouchOnceItsMissingAreApproved(t *testing.T) {
	o := newOffice(t)
	o.roster(jail(5, "2026-05-01"))
	s := o.roster(jail(2, "2026-05-10") + row(2, "2026-05-10", "nonsense")) // 3 and 4 are missing, the row of 2 is not understood
	if s.Rejected != 1 || s.Missing != 2 {
		t.Fatalf("got %+v", s)
	}
	o.approveMissing(s)
	if got := o.confirmed("springfield"); got.Day() != 1 {
		t.Errorf("the roster vouches as of %s for somebody whose row it could not read", got)
	}
	if s := o.upload(title + row(2, "2026-05-06", "released")); s.Applied != 1 || s.Events != 1 {
		t.Errorf("nobody is told of the release: %+v", s.Counts)
	}
}

func TestStaffAreToldThatMissingPeopleWaitForApproval(t *testing.T) {
	o := newOffice(t)
	o.roster(jail(5, "2026-05-01"))
	s := o.roster(jail(3, "2026-05-02"))
	if s.MissingUpload == "" {
		t.Fatalf("got %+v", s)
	}
	if !strings.Contains(strings.Join(o.staff.told, "\n"), s.MissingUpload) {
		t.Errorf("staff were told %q", o.staff.told)
	}
}

func TestWhoWasBookedInAfterTheRosterWasMadeIsNotMissing(t *testing.T) {
	o := newOffice(t)
	o.at(1, 12).run(o.put("roster/default/x.csv", title+jail(3, "2026-05-01")))
	o.at(3, 12).upload(title + row(50, "2026-05-03", "in_custody"))
	s := o.at(3, 13).run(o.put("roster/default/x.csv", title+jail(3, "2026-05-02"))) // as of the day before
	if s.Missing == 0 && s.MissingUpload == "" {
		return
	}
	done := o.approveMissing(s)
	t.Errorf("missing %d; approved: %+v", s.Missing, done.Counts)
	if r := o.table()["001000050"]; r.Unlisted() {
		t.Errorf("held as of %s, and unlisted since %s", r.AsOf.Format("01-02"), r.UnlistedSince.Format("01-02"))
	}
}
