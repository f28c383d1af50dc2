package phone

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"time"

	"voice.example/shared/sms"
)

const (
	shownPhones = 60 // the most recently used ones
	shownTexts  = 50 // the newest of each phone
)

//go:embed page.html
var pageSource string

// conversation is one phone or one mailbox on the page.
type conversation struct {
	Number   string
	Mailbox  bool
	OptedOut bool
	Rule     Behaviour // "" = as usual
	Texts    []bubble
	Hidden   int // older texts that are not shown
	last     time.Time
}

// bubble is one text on the page.
type bubble struct {
	Inbound     bool
	Subject     string
	Body        string
	At          time.Time
	Parts       int
	Encoding    sms.Encoding
	Undelivered string
}

// servePage shows every phone and mailbox with what went there, in one page, so that no number is in an address.
func (n *Network) servePage(w http.ResponseWriter, r *http.Request) {
	phones, err := n.conversations()
	if err != nil {
		n.fail(w, err)
		return
	}
	page, err := template.New("page").Parse(pageSource)
	var body bytes.Buffer
	if err == nil {
		err = page.Execute(&body, map[string]any{"Phones": phones[:min(len(phones), shownPhones)], "More": max(len(phones)-shownPhones, 0)})
	}
	if err != nil {
		n.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Write(body.Bytes())
}

// conversations gives every phone and mailbox, the most recently used first.
func (n *Network) conversations() ([]conversation, error) {
	all, err := n.texts("")
	if err != nil {
		return nil, err
	}
	rules, err := n.Rules()
	if err != nil {
		return nil, err
	}
	now := n.config.Now()
	place := map[string]int{}
	var phones []conversation
	for _, t := range all {
		if t.Arrives.After(now) {
			continue
		}
		i, known := place[t.Phone]
		if !known {
			i = len(phones)
			place[t.Phone] = i
			phones = append(phones, conversation{Number: t.Phone, Mailbox: address.MatchString(t.Phone)})
		}
		b := bubble{Inbound: t.Inbound, Subject: t.Subject, Body: t.Body, At: t.At.UTC(), Undelivered: t.Undelivered}
		b.Parts, b.Encoding = sms.Parts(t.Body)
		phones[i].Texts = append(phones[i].Texts, b)
		phones[i].last = t.At
	}
	for _, r := range rules {
		if i, known := place[r.To]; known && r.Behaviour != Deliver {
			phones[i].Rule = r.Behaviour
		}
	}
	slices.SortStableFunc(phones, func(a, b conversation) int { return b.last.Compare(a.last) })
	for i := range phones {
		p := &phones[i]
		if !p.Mailbox {
			if p.OptedOut, err = n.CheckOptedOut(p.Number); err != nil {
				return nil, err
			}
		}
		if extra := len(p.Texts) - shownTexts; extra > 0 {
			p.Texts, p.Hidden = p.Texts[extra:], extra
		}
	}
	return phones, nil
}
