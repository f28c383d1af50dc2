package subscription

import (
	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
)

// sealedApplication is an Application as it is encrypted while it waits: here, and nowhere else, the phones' digits
// are written out.
type sealedApplication struct {
	ANumber        custody.ANumber `json:"a"`
	CountryOfBirth country.Code    `json:"c"`
	Phone          string          `json:"p"`
	Language       i18n.Language   `json:"l"`
	Events         []custody.Event `json:"e,omitempty"`
	Discreet       bool            `json:"d,omitempty"`
	CodeWord       string          `json:"w,omitempty"`
	Quiet          *Quiet          `json:"q,omitempty"`
	Second         string          `json:"s,omitempty"`
	Email          string          `json:"m,omitempty"`
}

func wire(a Application) sealedApplication {
	return sealedApplication{a.ANumber, a.CountryOfBirth, a.Phone.E164(), a.Language, a.Events, a.Discreet, a.CodeWord,
		a.Quiet, a.Second.E164(), a.Email}
}

func (w sealedApplication) application() Application {
	return Application{w.ANumber, w.CountryOfBirth, phone.Number(w.Phone), w.Language, w.Events, w.Discreet, w.CodeWord,
		w.Quiet, phone.Number(w.Second), w.Email}
}
