package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voice.example/shared/aws"
	"voice.example/shared/inquiry"
)

const (
	// inquiriesAtOnce is of how many inquiries one mail tells.
	inquiriesAtOnce = 50
	// remindAfter is when staff are told again of an inquiry that nobody has seen to.
	remindAfter = 4 * time.Hour
)

// tellInquiries tells staff of inquiries that wait, by their references, and again every few hours while nobody has seen to
// them. Those in which nobody was in contact in time go to the national queue first. Staff are told first and that is recorded
// afterwards: whoever dies in between tells twice.
func (h *handler) tellInquiries(ctx context.Context) error {
	due, err := h.Inquiries.Due(ctx, inquiriesAtOnce)
	if err != nil || len(due) == 0 {
		return err
	}
	telling, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()
	subject, text := h.waiting(due)
	if err := h.Staff.Notify(telling, subject, text); err != nil {
		return err
	}
	var failed []error
	overdue := 0
	for _, i := range due {
		if i.InTime(h.Now()) {
			_, err = h.Inquiries.Told(ctx, i, h.Now().Add(remindAfter))
		} else {
			overdue++
			_, err = h.Inquiries.Escalate(ctx, i.Reference, h.Now().Add(remindAfter))
		}
		failed = append(failed, err)
	}
	line := aws.LineOf(ctx)
	line.Add("inquiries_told", len(due))
	line.Add("overdue", overdue)
	line.Count(aws.InquiriesOverdue, overdue)
	return errors.Join(failed...)
}

// whys says what the service itself asks staff to do.
var whys = map[inquiry.Reason]string{
	inquiry.Unanswered: "an urgent alert was sent and sent again, and nobody has acknowledged it: please call the subscriber",
	inquiry.CallMe:     "somebody asks to be called",
}

// waiting words it. It names no person and no phone.
func (h *handler) waiting(due []inquiry.Inquiry) (subject, text string) {
	var b strings.Builder
	for _, i := range due {
		why, asked := whys[i.Reason]
		if !asked {
			why = "somebody asks for help"
		}
		office := i.Office
		if !i.InTime(h.Now()) {
			office, why = inquiry.National, "overdue, nobody has been in contact; "+why
		}
		fmt.Fprintf(&b, "%s, queue %s, waiting for %s: %s.\n", i.Reference, office, minutes(h.Now().Sub(i.OpenedAt)), why)
	}
	b.WriteString("\nThis notice comes again every four hours for each that nobody has seen to.\n")
	if len(due) == 1 {
		return fmt.Sprintf("%s: an inquiry waits", h.Agency), b.String()
	}
	return fmt.Sprintf("%s: %d inquiries wait", h.Agency, len(due)), b.String()
}

func minutes(d time.Duration) string {
	switch n := int(d.Round(time.Minute) / time.Minute); {
	case n >= 120:
		return hours(d)
	case n != 1:
		return fmt.Sprintf("%d minutes", n)
	}
	return "1 minute"
}
