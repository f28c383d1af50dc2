package volume

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Counters that have no dimension.
const (
	Opened         = "opened"
	Resolved       = "resolved"
	FirstContact   = "first_contact" // also the dimension of its buckets
	ContactSeconds = "first_contact_seconds"
	Transfers      = "transfers"
	Overdue        = "overdue"
)

// Dimensions of inquiries.
const (
	Reason      = "reason"
	Channel     = "channel"
	Office      = "office"
	Language    = "language"
	Outcome     = "outcome"
	Calls       = "calls"
	CallSeconds = "call_seconds"
)

// Dimensions of alerts: what became of them, by event, and why, by outcome.
const (
	Planned      = "planned"
	Sent         = "sent"
	Delivered    = "delivered"
	Failed       = "failed"
	OptedOut     = "opted_out"
	Acknowledged = "acknowledged"
	FailedBy     = "failed_by"
	OptedOutBy   = "opted_out_by"
)

// Unknown is the value of what has none, or none that could be a code of ours.
const Unknown = "unknown"

// code is how values look: reasons, offices, hours. An A-number or a phone number has more digits, a name more words.
var code = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z_-]{0,31}[0-9]{0,2}[A-Za-z_-]{0,31}$`)

// Name is the counter of a value of a dimension.
func Name(dimension, value string) string {
	if !code.MatchString(value) {
		value = Unknown
	}
	return dimension + ":" + value
}

// Bucket is a range of how long the first contact took.
type Bucket struct {
	Name  string
	Up    time.Duration // and no longer; 0 is without end
	Words string
}

// Buckets are those of FirstContact, the shortest first.
func Buckets() []Bucket {
	return []Bucket{
		{"15m", 15 * time.Minute, "15 minutes or less"},
		{"1h", time.Hour, "up to 1 hour"},
		{"4h", 4 * time.Hour, "up to 4 hours"},
		{"24h", 24 * time.Hour, "up to 24 hours"},
		{"3d", 72 * time.Hour, "up to 3 days"},
		{"later", 0, "longer"},
	}
}

// BucketOf is the bucket that a wait falls into.
func BucketOf(wait time.Duration) Bucket {
	all := Buckets()
	for _, b := range all[:len(all)-1] {
		if wait <= b.Up {
			return b
		}
	}
	return all[len(all)-1]
}

// Counts are counters by name. What was never counted is 0.
type Counts map[string]int64

// Add adds other counts to c.
func (c Counts) Add(others Counts) {
	for name, n := range others {
		c[name] += n
	}
}

// Entry is one value of a dimension.
type Entry struct {
	Value string
	N     int64
}

// By lists the values of a dimension that are not 0, the most frequent first.
func (c Counts) By(dimension string) (entries []Entry) {
	prefix := dimension + ":"
	for name, n := range c {
		if value, ok := strings.CutPrefix(name, prefix); ok && n != 0 {
			entries = append(entries, Entry{value, n})
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Value, b.Value)) })
	return entries
}

// Sum adds up the values of a dimension.
func (c Counts) Sum(dimension string) (sum int64) {
	for _, e := range c.By(dimension) {
		sum += e.N
	}
	return sum
}

// Names lists the counters that are not 0, sorted.
func (c Counts) Names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c)), func(name string) bool { return c[name] == 0 })
}
