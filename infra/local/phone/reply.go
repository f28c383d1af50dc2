package phone

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// ErrInvalidReply is reported for a reply without text, or with more than a text can hold.
var ErrInvalidReply = errors.New("a reply has between 1 and 1,600 characters")

// Reply takes a text from a phone and gives its id. STOP and its kin opt the phone out at the network,
// START and UNSTOP back in, unless opt-outs are self-managed; all of them are handed on like any other reply.
func (n *Network) Reply(ctx context.Context, from, body string) (id string, err error) {
	if !e164.MatchString(from) {
		return "", ErrInvalidNumber
	}
	if strings.TrimSpace(body) == "" || utf8.RuneCountInString(body) > longestText {
		return "", ErrInvalidReply
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	id = newID()
	now := n.config.Now()
	stop, start := optWord(body)
	err = n.config.DB.Update(func(tx *bbolt.Tx) error {
		previous, err := lastTo(tx, from)
		if err != nil {
			return err
		}
		if err := keep(tx, text{ID: id, Phone: from, Inbound: true, Body: body, At: now, Arrives: now}); err != nil {
			return err
		}
		if (stop || start) && !n.config.SelfManagedOptOuts {
			if err := setOptOut(tx, from, stop, now); err != nil {
				return err
			}
		}
		return n.replies.Add(tx, now, Reply{
			OriginationNumber: from, DestinationNumber: n.config.OriginationNumber,
			MessageKeyword: keyword(body), MessageBody: body, InboundMessageID: id,
			PreviousPublishedMessageID: previous,
		})
	})
	if err != nil {
		return "", err
	}
	n.replies.Wake()
	return id, nil
}

// lastTo gives the id of the newest text that arrived at a phone, "" without one.
func lastTo(tx *bbolt.Tx, phone string) (string, error) {
	b := durable.Find(tx, "phone", "texts")
	if b == nil {
		return "", nil
	}
	c := b.Cursor()
	for key, _ := c.Last(); key != nil; key, _ = c.Prev() {
		var t text
		if err := durable.Get(b, key, &t); err != nil {
			return "", err
		}
		if t.Phone == phone && !t.Inbound && t.Undelivered == "" {
			return t.ID, nil
		}
	}
	return "", nil
}
