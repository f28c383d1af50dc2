package subscription

import "time"

// Quiet is when a subscriber wants no texts but urgent ones: from one time of day to another, which is on the next day if
// it is the earlier one, as their clock says it.
type Quiet struct {
	From string `dynamodbav:"from" json:"from"`           // 22:00
	To   string `dynamodbav:"to" json:"to"`               // 07:00
	Zone string `dynamodbav:"time_zone" json:"time_zone"` // of the IANA database, such as America/Chicago
}

// Until returns the moment at which the quiet hours that now lies in end; false when it lies in none. None, a nil Quiet,
// hold nothing up.
func (q *Quiet) Until(now time.Time) (time.Time, bool) {
	return time.Time{}, false
}
