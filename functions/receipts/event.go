package main

import (
	"encoding/json"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/phone"
)

// textEvent is what AWS End User Messaging logs of a text, as much of it as is used. Source: AWS End User Messaging SMS user
// guide, "Example AWS End User Messaging SMS event data".
type textEvent struct {
	EventType                string `json:"eventType"`
	IsFinal                  bool   `json:"isFinal"`
	MessageID                string `json:"messageId"`
	DestinationPhoneNumber   string `json:"destinationPhoneNumber"`
	MessageRequestTimestamp  int64  `json:"messageRequestTimestamp"` // in milliseconds
	MessageStatusDescription string `json:"messageStatusDescription"`
}

// verdicts says what each final event means for its text. An event that is not here, or not final, leaves the text
// "sent". So does TEXT_UNKNOWN: it comes too when no carrier has said anything for 72 hours, and silence is no failure.
// Source: the same guide, "Event types for SMS, MMS, and voice".
var verdicts = map[string]struct {
	became  alert.State
	outcome string
}{
	// By country either of them is the last that comes. The carrier has it, which is all that SNS says as well.
	"TEXT_DELIVERED":  {alert.Delivered, ""},
	"TEXT_SUCCESSFUL": {alert.Delivered, ""},

	// Somebody on the way keeps our texts off.
	"TEXT_SPAM":            {alert.Failed, spam},
	"TEXT_BLOCKED":         {alert.Failed, blocked},
	"TEXT_CARRIER_BLOCKED": {alert.Failed, blocked},

	// It may be reached another time.
	"TEXT_UNREACHABLE":         {alert.Failed, "unreachable"},
	"TEXT_CARRIER_UNREACHABLE": {alert.Failed, "unreachable"},
	"TEXT_TTL_EXPIRED":         {alert.Failed, "unreachable"},

	// It never will.
	"TEXT_INVALID": {alert.Failed, "invalid"},

	// Our own fault.
	"TEXT_INVALID_MESSAGE": {alert.Failed, "text_invalid"},
	"TEXT_PROTECT_BLOCKED": {alert.Failed, "not_allowed"},
}

func decodeEvent(line string) (news, error) {
	var e textEvent
	if json.Unmarshal([]byte(line), &e) != nil || e.MessageID == "" {
		return news{}, errNotReceipt
	}
	verdict, known := verdicts[e.EventType]
	if !known || !e.IsFinal {
		return news{}, errNoNews
	}
	if e.DestinationPhoneNumber == "" || e.MessageRequestTimestamp <= 0 {
		return news{}, errNotReceipt
	}
	n := news{
		messageID: e.MessageID, phone: phone.Number(e.DestinationPhoneNumber), publishedAt: time.UnixMilli(e.MessageRequestTimestamp).UTC(),
		became: verdict.became, outcome: verdict.outcome,
	}
	if n.became == alert.Failed && e.MessageStatusDescription == optedOut {
		n.became, n.outcome = classify(optedOut)
	}
	return n, nil
}
