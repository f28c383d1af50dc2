package custody

import (
	"testing"
	"time"
)

func TestRetractionEndsNobodysProtection(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	yes, no := true, false
	old := Record{ANumber: "001000001", Version: 1, Status: InCustody, Protected: &no, DateOfBirth: "1980-01-01", AsOf: at, UploadID: "a"}
	wrong := Observation{ANumber: old.ANumber, Status: Released, Protected: &yes, AsOf: at.AddDate(0, 0, 1)}
	record, _ := wrong.Onto(&old, "b", at.AddDate(0, 0, 1))
	back, changed := record.Retract(&old, record, "c", at.AddDate(0, 0, 2))
	if !changed || Disclosable(back, at.AddDate(0, 0, 2)) {
		t.Errorf("a file that told the wrong status also told that the law protects her; taking it back shows her: %+v", back)
	}
}

func TestRetractionTakesBackWhatOnlyAProtectionHasFollowed(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	yes, no := true, false
	old := Record{ANumber: "001000001", Version: 1, Status: InCustody, Protected: &no, DateOfBirth: "1980-01-01", AsOf: at, UploadID: "a"}
	wrong, _ := Observation{ANumber: old.ANumber, Status: Released, AsOf: at.AddDate(0, 0, 2)}.Onto(&old, "b", at.AddDate(0, 0, 2))
	late, changed := Observation{ANumber: old.ANumber, Status: InCustody, Protected: &yes, AsOf: at.AddDate(0, 0, 1)}.Protects(wrong, "c", at.AddDate(0, 0, 3))
	if !changed {
		t.Fatal("not protected")
	}
	back, changed := late.Retract(&old, wrong, "d", at.AddDate(0, 0, 4))
	if !changed || back.Status != InCustody {
		t.Errorf("nothing newer has come of her status, and the wrong release stays uncorrected: %v, %s", changed, late.Status)
	}
}
