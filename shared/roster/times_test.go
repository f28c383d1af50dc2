package roster

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// parseSlowly reads a time by the layouts alone.
func parseSlowly(text string, zone *time.Location) (time.Time, error) {
	text = strings.Join(strings.Fields(text), " ")
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, errTime
}

// Every minute of any year, read in any order, is the moment that the standard library says it is.
func TestTimeIsTheLibrarys(t *testing.T) {
	for _, name := range []string{"America/New_York", "America/Phoenix", "UTC", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		location, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		z := zone{location: location}
		rapid.Check(t, func(t *rapid.T) {
			minute := rapid.Int64Range(-70*525_960, 130*525_960).Draw(t, "minute")
			if rapid.Bool().Draw(t, "near a change of 2026") {
				change := rapid.SampledFrom([]int64{1772953200, 1793512800}).Draw(t, "change")
				minute = change/60 + rapid.Int64Range(-3000, 3000).Draw(t, "from it")
			}
			text := time.Unix(minute*60, 0).UTC().Format(rapid.SampledFrom([]string{time.DateTime, "2006-01-02T15:04", "2006-01-02", "1/2/2006 3:04 PM"}).Draw(t, "layout"))
			got, skipped, err := z.parse(text)
			want, wantErr := parseSlowly(text, location)
			if err != nil || wantErr != nil || !got.Equal(want) {
				t.Fatalf("%s: got %v, %v, want %v, %v", text, got, err, want, wantErr)
			}
			wall, _ := parseSlowly(text, time.UTC)
			if shown := got.In(location).Format(time.DateTime) == wall.Format(time.DateTime); shown == skipped {
				t.Fatalf("%s: skipped %v, but the clock showed it: %v", text, skipped, shown)
			}
		})
	}
}

func TestTimeInTheGap(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-03-08 01:59:59": false, "2026-03-08 02:00:00": true, "2026-03-08 02:59:59": true, "2026-03-08 03:00:00": false,
		"3/8/2026 2:30 AM": true, "2026-03-08T02:30:00Z": false, "2026-03-08T02:30:00-05:00": false, "2026-11-01 01:30": false,
	} {
		z := zone{location: newYork}
		if _, skipped, err := z.parse(text); err != nil || skipped != want {
			t.Errorf("%s: got %v, %v", text, skipped, err)
		}
	}
	row := one(t, "a_number,status,as_of\n1234567,released,2026-03-08 02:30\n")
	if len(row.Rejects) != 0 || len(row.Warnings) != 1 || row.Warnings[0].Value != "2026-03-08 02:30" {
		t.Errorf("got %+v", row)
	}
}
