// Package phone is the local runner's telephone network: carriers, handsets and the people who reply.
//
// A text that Send has accepted is on disk and will arrive, unless the network's rules for that number
// say otherwise; tests set those rules over HTTP. Each delivery gives a record of it, in the shape of the service that
// took the text, and each reply a two-way message; both are handed on at least once. Mail goes the same way, to an
// address instead of a number, but gives no record and takes no reply.
//
// Limits: one sending number, no concatenation errors, no pictures, prices that are only an example.
package phone

import (
	"context"
	"log/slog"
	"time"

	"voice.example/infra/local/durable"
)

// Config is what a Network needs.
type Config struct {
	DB  *durable.DB
	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil = silent; it never sees a number
	// OriginationNumber is the number that texts come from; "" = +12025550100.
	OriginationNumber string
	// SelfManagedOptOuts leaves STOP and START to whoever sends the texts, as the setting of that name of an origination
	// number does. Without it the network obeys them itself.
	SelfManagedOptOuts bool
	// LateBy is how long the rule "late" holds a text back; 0 = 5 s.
	LateBy time.Duration
	// HangFor bounds how long the rule "hang" keeps a Publish waiting; 0 = 60 s.
	HangFor time.Duration
	// Receipts is handed every delivery-status record of SNS's texts, at least once; an error is tried again. May be nil.
	Receipts func(context.Context, Receipt) error
	// Events is handed what became of the texts of End User Messaging, at least once; an error is tried again. May be nil.
	Events func(context.Context, Event) error
	// Replies is handed every reply, at least once; an error is tried again. May be nil.
	Replies func(context.Context, Reply) error
}

// SMS is one text to send.
type SMS struct {
	To       string // E.164
	Body     string // at most 1,600 characters
	SMSType  string // Promotional (also "") or Transactional
	SenderID string
	// ByEndUserMessaging says that AWS End User Messaging took the text, and not SNS: it refuses a phone that is opted
	// out at once, and tells what became of a text in a shape of its own.
	ByEndUserMessaging bool
}

// Mail is one mail to send.
type Mail struct {
	To      string
	Subject string
	Body    string
}

// Event is what AWS End User Messaging logs of a text, in its shape.
type Event struct {
	EventType                string  `json:"eventType"`
	EventVersion             string  `json:"eventVersion"`
	EventTimestamp           int64   `json:"eventTimestamp"` // in milliseconds, as the other one
	IsFinal                  bool    `json:"isFinal"`
	OriginationPhoneNumber   string  `json:"originationPhoneNumber"`
	DestinationPhoneNumber   string  `json:"destinationPhoneNumber"`
	IsInternationalSend      bool    `json:"isInternationalSend"`
	MCC                      string  `json:"mcc"`
	MNC                      string  `json:"mnc"`
	CarrierName              string  `json:"carrierName"`
	MessageID                string  `json:"messageId"`
	MessageRequestTimestamp  int64   `json:"messageRequestTimestamp"`
	MessageEncoding          string  `json:"messageEncoding"` // GSM or Unicode
	MessageType              string  `json:"messageType"`
	MessageStatus            string  `json:"messageStatus"`
	MessageStatusDescription string  `json:"messageStatusDescription"`
	TotalMessageParts        int     `json:"totalMessageParts"`
	TotalMessagePrice        float64 `json:"totalMessagePrice"`
	TotalCarrierFee          float64 `json:"totalCarrierFee"`
}

// Receipt is a delivery-status record, in the shape of SNS's SMS delivery logs.
type Receipt struct {
	Notification ReceiptNotification `json:"notification"`
	Delivery     ReceiptDelivery     `json:"delivery"`
	Status       string              `json:"status"` // SUCCESS or FAILURE
}

// ReceiptNotification names the text a receipt is about.
type ReceiptNotification struct {
	MessageID string `json:"messageId"`
	Timestamp string `json:"timestamp"` // 2006-01-02 15:04:05.000, UTC
}

// ReceiptDelivery is what the carrier said.
type ReceiptDelivery struct {
	PhoneCarrier              string  `json:"phoneCarrier,omitempty"`
	MNC                       int     `json:"mnc"`
	NumberOfMessageParts      int     `json:"numberOfMessageParts"`
	Destination               string  `json:"destination"`
	PriceInUSD                float64 `json:"priceInUSD"`
	SMSType                   string  `json:"smsType"`
	MCC                       int     `json:"mcc"`
	ProviderResponse          string  `json:"providerResponse"`
	DwellTimeMs               int64   `json:"dwellTimeMs"`
	DwellTimeMsUntilDeviceAck int64   `json:"dwellTimeMsUntilDeviceAck,omitempty"`
}

// Reply is a text from a phone, in the shape of SNS's two-way messages.
type Reply struct {
	OriginationNumber          string `json:"originationNumber"`
	DestinationNumber          string `json:"destinationNumber"`
	MessageKeyword             string `json:"messageKeyword"`
	MessageBody                string `json:"messageBody"`
	InboundMessageID           string `json:"inboundMessageId"`
	PreviousPublishedMessageID string `json:"previousPublishedMessageId,omitempty"`
}
