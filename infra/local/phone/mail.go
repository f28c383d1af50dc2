package phone

import (
	"context"
	"strings"

	"go.etcd.io/bbolt"
)

// SendMail accepts a mail and gives its message id, or reports ErrInvalidAddress, ErrInvalidMail, ErrThrottled,
// ErrRejected (for an address that behaves as invalid) or ErrNetwork. As with real mail, what is accepted may never
// arrive; nobody is told.
func (n *Network) SendMail(ctx context.Context, mail Mail) (messageID string, err error) {
	if !address.MatchString(mail.To) {
		return "", ErrInvalidAddress
	}
	if strings.TrimSpace(mail.Body) == "" || strings.ContainsAny(mail.Subject, "\r\n") {
		return "", ErrInvalidMail
	}
	how, err := n.admit(ctx, mail.To, ErrRejected)
	if err != nil {
		return "", err
	}
	now := n.config.Now()
	t := text{ID: newID(), Phone: mail.To, Subject: mail.Subject, Body: mail.Body, At: now, Arrives: now}
	switch how {
	case Unreachable, OptedOut:
		t.Undelivered = "The mailbox does not take it"
	case Late:
		t.Arrives = now.Add(n.config.LateBy)
	}
	return t.ID, n.config.DB.Update(func(tx *bbolt.Tx) error { return keep(tx, t) })
}
