package main

import (
	"encoding/json"
	"errors"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/phone"
)

// receipt is a record of SNS's SMS delivery status log, as much of it as is used. Source: Amazon SNS developer guide,
// "Viewing CloudWatch metrics and logs for SMS deliveries". A FAILURE may lack the phone's carrier.
type receipt struct {
	Notification struct {
		MessageID string `json:"messageId"`
		Timestamp string `json:"timestamp"` // when the text was published, in UTC
	} `json:"notification"`
	Delivery struct {
		Destination      string `json:"destination"`
		ProviderResponse string `json:"providerResponse"`
	} `json:"delivery"`
	Status string `json:"status"`
}

const (
	success = "SUCCESS"
	failure = "FAILURE"
	// stamp is how the log writes times; fractions may be missing.
	stamp = "2006-01-02 15:04:05"
)

// news is what a receipt says.
type news struct {
	messageID   string
	phone       phone.Number
	publishedAt time.Time
	became      alert.State
	outcome     string // why it did not arrive
}

// The outcomes of texts that somebody on the way keeps off.
const (
	spam    = "spam"
	blocked = "blocked"
)

func (n news) blocked() bool { return n.outcome == spam || n.outcome == blocked }

var (
	// errNotReceipt is a log line that is no receipt. It never says what it was.
	errNotReceipt = errors.New("not a receipt")
	// errNoNews is a receipt that does not say what became of its text.
	errNoNews = errors.New("no news of a text")
)

// decode reads a log line of either service: SNS's delivery status, or an event of End User Messaging. An error is
// errNotReceipt or errNoNews.
func decode(line string) (news, error) {
	var kind struct {
		EventType string `json:"eventType"`
	}
	if json.Unmarshal([]byte(line), &kind) != nil {
		return news{}, errNotReceipt
	}
	if kind.EventType != "" {
		return decodeEvent(line)
	}
	return decodeReceipt(line)
}

func decodeReceipt(line string) (news, error) {
	var r receipt
	if json.Unmarshal([]byte(line), &r) != nil || r.Notification.MessageID == "" || r.Delivery.Destination == "" {
		return news{}, errNotReceipt
	}
	at, err := time.Parse(stamp, r.Notification.Timestamp)
	if err != nil {
		return news{}, errNotReceipt
	}
	n := news{messageID: r.Notification.MessageID, phone: phone.Number(r.Delivery.Destination), publishedAt: at, became: alert.Delivered}
	switch r.Status {
	case success:
	case failure:
		n.became, n.outcome = classify(r.Delivery.ProviderResponse)
	default:
		return news{}, errNotReceipt
	}
	return n, nil
}

// responses says what each answer of a provider means for a text that did not arrive. An answer that is not here is a
// failure all the same, of unknown reason: the status says that it is one. What became of a text of which no receipt
// comes at all is unknown, and it stays "sent".
// Source: Amazon SNS developer guide, "SMS delivery failure reasons", and the older wordings of the same.
var responses = map[string]struct {
	became  alert.State
	outcome string
}{
	// The phone said STOP to AWS or to its carrier, which is a STOP to us.
	optedOut: {alert.OptedOut, "phone"},

	// Somebody on the way keeps our texts off. No word of the subscriber's, so the next text is tried again.
	"Blocked as spam by phone carrier":       {alert.Failed, spam},
	"Phone carrier has blocked this message": {alert.Failed, blocked},
	"Phone has blocked SMS":                  {alert.Failed, blocked},
	"Phone is on a blocked list":             {alert.Failed, blocked},
	"Phone is blacklisted":                   {alert.Failed, blocked},
	"Destination is on a blocked list":       {alert.Failed, blocked},
	"Destination is blacklisted":             {alert.Failed, blocked},

	// It may be reached another time.
	"Phone is currently unreachable/unavailable":         {alert.Failed, "unreachable"},
	"Phone carrier is currently unreachable/unavailable": {alert.Failed, "unreachable"},

	// It never will.
	"Invalid phone number": {alert.Failed, "invalid"},

	// Our own fault.
	"Message body is invalid":                 {alert.Failed, "text_invalid"},
	"This delivery would exceed max price":    {alert.Failed, "price"},
	"No quota left for account":               {alert.Failed, "quota"},
	"Unknown error attempting to reach phone": {alert.Failed, "unknown"},
}

// optedOut is how both services say so.
const optedOut = "Phone number is opted out"

func classify(response string) (alert.State, string) {
	if r, ok := responses[response]; ok {
		return r.became, r.outcome
	}
	return alert.Failed, "unknown"
}
