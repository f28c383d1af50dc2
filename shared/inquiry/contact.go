package inquiry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"voice.example/shared/optout"
	"voice.example/shared/phone"
)

// Contact is how somebody may be reached safely: whoever hurt them may be beside them.
type Contact struct {
	Name         string // which name to ask for
	Phone        phone.Number
	Email        string
	MayText      bool
	MayVoicemail bool
	Hours        string // when a call is safe, in their words
	Note         string // anything else that whoever calls must know
}

// sealedContact is a Contact as it is sealed: a phone.Number does not let itself be written down.
type sealedContact struct {
	Name         string `json:"name,omitempty"`
	Phone        string `json:"phone,omitempty"` // E.164
	Email        string `json:"email,omitempty"`
	MayText      bool   `json:"may_text,omitempty"`
	MayVoicemail bool   `json:"may_voicemail,omitempty"`
	Hours        string `json:"hours,omitempty"`
	Note         string `json:"note,omitempty"`
}

// The purposes under which they are sealed.
const (
	contactSeal = "inquiry/contact"
	messageSeal = "inquiry/message"
)

// ErrContact is a contact that opens and cannot be read. It does not say what was there.
var ErrContact = errors.New("inquiry: a sealed contact is no contact")

// Reach says how somebody who asks is reached. It fills in what the inquiry keeps of it: sealed, and a hash of the phone by
// which it is found. Texts about the inquiry go to nobody who did not allow texts.
func (t *Table) Reach(ctx context.Context, i *Inquiry, c Contact) error {
	text, err := json.Marshal(sealedContact{c.Name, c.Phone.E164(), c.Email, c.MayText, c.MayVoicemail, c.Hours, c.Note})
	if err != nil {
		return ErrContact
	}
	sealed, err := t.Keys.SealField(ctx, contactSeal, string(text))
	if err != nil {
		return fmt.Errorf("inquiry: a contact: %w", err)
	}
	i.SealedContact, i.MayText, i.PhoneHash = sealed, c.MayText && c.Phone != "", ""
	if c.Phone != "" {
		i.PhoneHash = optout.Hash(t.Keys, c.Phone)
	}
	return nil
}

// Contact opens how somebody is reached; the zero Contact where the inquiry has none.
func (t *Table) Contact(ctx context.Context, i Inquiry) (Contact, error) {
	if i.SealedContact == "" {
		return Contact{}, nil
	}
	text, err := t.Keys.OpenField(ctx, contactSeal, i.SealedContact)
	if err != nil {
		return Contact{}, err
	}
	var c sealedContact
	if json.Unmarshal([]byte(text), &c) != nil {
		return Contact{}, ErrContact
	}
	return Contact{c.Name, phone.Number(c.Phone), c.Email, c.MayText, c.MayVoicemail, c.Hours, c.Note}, nil
}

// Say keeps what somebody wrote.
func (t *Table) Say(ctx context.Context, i *Inquiry, message string) error {
	if message == "" {
		return nil
	}
	sealed, err := t.Keys.SealField(ctx, messageSeal, message)
	if err != nil {
		return fmt.Errorf("inquiry: a message: %w", err)
	}
	i.SealedMessage = sealed
	return nil
}

// Message opens what somebody wrote.
func (t *Table) Message(ctx context.Context, i Inquiry) (string, error) {
	if i.SealedMessage == "" {
		return "", nil
	}
	return t.Keys.OpenField(ctx, messageSeal, i.SealedMessage)
}
