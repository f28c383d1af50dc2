package subscription

import "voice.example/shared/phone"

// Contact is another address of a subscription than its phone: the phone of somebody who is told when the subscriber does
// not answer, or an e-mail address. It is kept only once a code that was sent there has been confirmed.
type Contact struct {
	// Sealed is the address, encrypted. Store.SecondPhone and Store.EmailAddress open it.
	Sealed string `dynamodbav:"address"`
	// Hash is the address's keyed hash; of a phone that of optout.Hash.
	Hash string `dynamodbav:"hash"`
}

const contactSeal = "subscription/contact"

// SecondPhone opens the phone of a subscription's second contact, which it must have.
func (s *Store) SecondPhone(sub Subscription) (phone.Number, error) {
	number, err := s.Keys.Open(contactSeal, sub.Second.Sealed)
	return phone.Number(number), err
}

// EmailAddress opens a subscription's e-mail address, which it must have.
func (s *Store) EmailAddress(sub Subscription) (string, error) {
	return s.Keys.Open(contactSeal, sub.Email.Sealed)
}
