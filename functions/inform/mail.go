package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voice.example/shared/email"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/outcome"
)

// tellStaff mails whoever was given an inquiry, and whoever lost it since nobody was in contact in time. It is a hint: what
// somebody has is in the console. So a mail that cannot be sent is tried triesPerStep times and no more, whatever the reason:
// the texts of others wait behind it.
func (h *handler) tellStaff(ctx context.Context, i inquiry.Inquiry, t *told) {
	handovers, upTo := i.Handovers()
	if h.Mail == nil || len(handovers) == 0 {
		return
	}
	failed := false
	for n, o := range handovers {
		within, err := h.take(ctx, stepKey(fmt.Sprintf("mail%d", n), i.Reference, upTo), triesPerStep)
		if err == nil && !within {
			t.is(unknown, errTried)
			continue
		}
		if err == nil {
			subject, body := h.mail(o, i)
			_, err = h.Mail.Send(ctx, o.Person, subject, body)
		}
		switch became := mailOutcome(err); {
		case err == nil:
			t.is(mailed)
		case became == outcome.Permanent || became == outcome.OptedOut:
			t.is(refused, err)
		default:
			failed = true
			t.retry(err)
		}
	}
	if failed {
		return
	}
	if err := h.Inquiries.StaffInformed(ctx, i.Reference, upTo); err != nil {
		t.retry(err)
	}
}

func mailOutcome(err error) outcome.Outcome {
	var mail *email.Error
	if errors.As(err, &mail) {
		return mail.Outcome
	}
	return outcome.Unknown
}

// reasonWords are the reasons as staff call them.
var reasonWords = map[inquiry.Reason]string{
	inquiry.CustodyStatus: "where a person is held", inquiry.Alerts: "alerts", inquiry.LocalContact: "a contact at the local office",
	inquiry.VictimServices: "victim services", inquiry.OwnCase: "an immigration case of their own", inquiry.ReportCrime: "reporting a crime",
	inquiry.Other: "something else", inquiry.Unanswered: "an urgent alert that nobody answered: call them", inquiry.CallMe: "they asked to be called",
}

// mail words a handover. It names nobody who asked, and says nothing that they said.
func (h *handler) mail(o inquiry.Handover, i inquiry.Inquiry) (subject, body string) {
	var b strings.Builder
	switch {
	case o.Lost:
		subject = fmt.Sprintf("%s: %s is not yours any more", h.Agency, i.Reference)
		fmt.Fprintf(&b, "Nobody was in contact about the request %s in time, so it went to the national queue. It is not yours any more.\n", i.Reference)
	default:
		subject = fmt.Sprintf("%s: %s was given to you", h.Agency, i.Reference)
		fmt.Fprintf(&b, "The request %s was given to you.\n\nReason: %s\nOffice: %s\nLanguage: %s\n%s\n", i.Reference, reasonWords[i.Reason], i.Office,
			spoken(i.Language).Name(), h.due(i))
	}
	if h.Site != "" {
		fmt.Fprintf(&b, "\n%s/staff/inquiries/%s\n", h.Site, i.Reference)
	}
	b.WriteString("\nNobody reads replies to this e-mail.\n")
	return subject, b.String()
}

// due says until when somebody is to be in contact.
func (h *handler) due(i inquiry.Inquiry) string {
	at, err := time.Parse(time.RFC3339, i.DueBy)
	if i.FirstContactAt != nil || err != nil {
		return "Somebody was in contact already."
	}
	return "Due by: " + i18n.English.DateTime(at.In(h.Zone))
}
