package phone

import (
	"strconv"

	"go.etcd.io/bbolt"

	"voice.example/shared/sms"
)

// addEvents keeps what End User Messaging will tell of a text: that it is on its way, at once, and what became of it.
func (n *Network) addEvents(tx *bbolt.Tx, t text, from SMS, response string, finals int) error {
	pending := n.eventOf(t, from)
	pending.EventType, pending.MessageStatus = "TEXT_PENDING", "PENDING"
	pending.MessageStatusDescription = "Message is pending delivery"
	pending.EventTimestamp = t.At.UnixMilli()
	if err := n.events.Add(tx, t.At, pending); err != nil {
		return err
	}
	final := n.eventOf(t, from)
	final.EventType, final.MessageStatus, final.IsFinal = "TEXT_DELIVERED", "DELIVERED", true
	final.MessageStatusDescription = response
	if t.Undelivered != "" {
		final.EventType, final.MessageStatus, final.TotalMessagePrice = "TEXT_UNREACHABLE", "UNREACHABLE", 0
	}
	for range finals {
		if err := n.events.Add(tx, t.Arrives, final); err != nil {
			return err
		}
	}
	return nil
}

// eventOf writes what all events of a text have in common.
func (n *Network) eventOf(t text, from SMS) Event {
	parts, encoding := sms.Parts(t.Body)
	e := Event{
		EventVersion: "1.0", EventTimestamp: t.Arrives.UnixMilli(),
		OriginationPhoneNumber: n.config.OriginationNumber, DestinationPhoneNumber: t.Phone,
		MCC: strconv.Itoa(mcc), MNC: strconv.Itoa(mnc), CarrierName: carrier,
		MessageID: t.ID, MessageRequestTimestamp: t.At.UnixMilli(), MessageEncoding: "GSM", MessageType: from.SMSType,
		TotalMessageParts: parts, TotalMessagePrice: priceOfPart * float64(parts),
	}
	if encoding == sms.UCS2 {
		e.MessageEncoding = "Unicode"
	}
	return e
}
