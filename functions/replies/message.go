package main

import (
	"encoding/json"
	"errors"
	"regexp"
	"time"

	"voice.example/shared/phone"
)

// message is one text from a phone.
type message struct {
	ID   string // the same however often it is delivered
	From phone.Number
	Body string
	At   time.Time // when it reached SNS, which is what orders STOP and START
}

// notification is SNS's envelope, of which the queue gets the whole: it alone says when the message came.
type notification struct {
	Message   string
	MessageID string `json:"MessageId"`
	Timestamp time.Time
}

// twoWay is a two-way text in it. Source: AWS End User Messaging SMS user guide, "Example of a two-way SMS message
// payload". Of messageKeyword and previousPublishedMessageId, which it has too, nothing is needed: the first is AWS's
// reading of the body, and the second names one text only, where 1 means all that were sent.
type twoWay struct {
	OriginationNumber string `json:"originationNumber"`
	MessageBody       string `json:"messageBody"`
	InboundMessageID  string `json:"inboundMessageId"`
}

// errNotText is a queue message that is no text from a phone. It never says what it was.
var errNotText = errors.New("not a text from a phone")

// e164 is taken as it comes, without asking whether such a number can be texted: a STOP is obeyed from any.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

func decode(body string) (message, error) {
	var n notification
	var t twoWay
	if json.Unmarshal([]byte(body), &n) != nil || json.Unmarshal([]byte(n.Message), &t) != nil {
		return message{}, errNotText
	}
	if !e164.MatchString(t.OriginationNumber) || n.Timestamp.IsZero() {
		return message{}, errNotText
	}
	m := message{ID: t.InboundMessageID, From: phone.Number(t.OriginationNumber), Body: t.MessageBody, At: n.Timestamp}
	if m.ID == "" {
		m.ID = n.MessageID
	}
	if m.ID == "" {
		return message{}, errNotText
	}
	return m, nil
}
