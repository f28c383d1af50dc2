package main

import (
	"errors"
	"strings"
	"unicode/utf8"

	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// reasonWords are the reasons as people call them.
var reasonWords = map[inquiry.Reason]string{
	inquiry.CustodyStatus: "Where a person is held", inquiry.Alerts: "About alerts", inquiry.LocalContact: "A contact at the local office",
	inquiry.VictimServices: "Victim services", inquiry.OwnCase: "An immigration case of their own", inquiry.ReportCrime: "Reporting a crime",
	inquiry.Other: "Something else", inquiry.Unanswered: "Call: an urgent alert nobody answered", inquiry.CallMe: "Call: they asked by text",
}

var channelWords = map[inquiry.Channel]string{
	inquiry.Web: "on the website", inquiry.API: "by a program", inquiry.Phone: "by phone", inquiry.Text: "by text", inquiry.Alert: "by VOICE itself",
}

var outcomeWords = map[inquiry.Outcome]string{
	inquiry.Answered: "Answered", inquiry.ReferredOutside: "Sent to somebody outside", inquiry.Unreachable: "Could not be reached",
	inquiry.Withdrawn: "They no longer need it", inquiry.Duplicate: "The same as another", inquiry.OffTopic: "Not for us, told whom to call",
}

var kindWords = map[inquiry.Kind]string{
	inquiry.WasOpened: "Asked", inquiry.WasAssigned: "Given to", inquiry.WasTaken: "Taken", inquiry.WasPutBack: "Put back into the queue",
	inquiry.WasContacted: "Was in contact", inquiry.WasTried: "Tried, nobody answered", inquiry.WasNoted: "Note", inquiry.WasReferred: "Handed to",
	inquiry.WasResolved: "Resolved", inquiry.WasReopened: "Opened again", inquiry.WasEscalated: "Overdue: sent to the national queue",
	inquiry.WasHeld: "Legal hold", inquiry.WasUnheld: "Legal hold ended", inquiry.WasAmended: "They changed how to be reached",
}

func reasonOptions(first string) []web.Option {
	all := []web.Option{{Words: first}}
	for _, r := range inquiry.Reasons() {
		all = append(all, web.Option{Value: string(r), Words: reasonWords[r]})
	}
	return all
}

func languageOptions(first string) []web.Option {
	var all []web.Option
	if first != "" {
		all = append(all, web.Option{Words: first})
	}
	for _, l := range i18n.Languages() {
		all = append(all, web.Option{Value: string(l), Words: l.Name()})
	}
	return all
}

func outcomeOptions() []web.Option {
	var all []web.Option
	for _, o := range inquiry.Outcomes() {
		all = append(all, web.Option{Value: string(o), Words: outcomeWords[o]})
	}
	return all
}

func stateOptions(first string) []web.Option {
	return []web.Option{{Words: first}, {Value: string(inquiry.Open), Words: "Waiting"}, {Value: string(inquiry.Assigned), Words: "Somebody has it"},
		{Value: string(inquiry.Resolved), Words: "Resolved"}}
}

// stateBadge says how an inquiry stands. What is overdue says so in words.
func (h *handler) stateBadge(i inquiry.Inquiry) badge {
	switch {
	case i.State == inquiry.Resolved:
		return badge{outcomeWords[i.Outcome], "good"}
	case !i.InTime(h.now()):
		return badge{"Overdue", "bad"}
	case i.FirstContactAt != nil:
		return badge{"In contact", "good"}
	case i.State == inquiry.Assigned:
		return badge{"Not called yet", "warn"}
	}
	return badge{"Waiting", "warn"}
}

// safeWords says how somebody may safely be reached, one sentence each. What they did not allow is said, too.
func safeWords(c inquiry.Contact) []string {
	var all []string
	add := func(text string) { all = append(all, text) }
	if c.Name != "" {
		add("Ask for " + c.Name + ".")
	}
	if c.Phone != "" {
		if c.MayVoicemail {
			add("You MAY leave a voicemail.")
		} else {
			add("Do NOT leave a voicemail.")
		}
		if c.MayText {
			add("You MAY send a text.")
		} else {
			add("Do NOT send a text.")
		}
	}
	if c.Hours != "" {
		add("It is safe: " + c.Hours)
	}
	if c.Note != "" {
		add(c.Note)
	}
	return all
}

// officeName is an office as people call it.
func officeName(office string) string {
	if office == inquiry.National {
		return "the national hotline"
	}
	return "office " + office
}

// problemWords says on a page why a change was not made, and what to do; "" for an error that is no answer to a person.
func problemWords(err error) string {
	var taken *takenError
	switch {
	case errors.As(err, &taken):
		return "Somebody else has it now, at " + officeName(taken.office) + ". Nothing was changed."
	case errors.Is(err, inquiry.ErrChanged):
		return "It has changed since you opened it. Look at what is new, and send it again if it still fits."
	case errors.Is(err, inquiry.ErrResolved):
		return "It is resolved. Open it again first if there is more to do."
	case errors.Is(err, inquiry.ErrFull):
		return "It holds as many notes as it can. Resolve it and log a new one."
	case errors.Is(err, inquiry.ErrNotYours):
		return "That is not yours to do."
	}
	return ""
}

// whyOptions are the usual reasons for looking at a request of others.
func whyOptions() []web.Option {
	return []web.Option{{Words: "Choose"}, {Value: "caller", Words: "The caller is on the line"}, {Value: "helping", Words: "Whoever has it asked me to help"},
		{Value: "review", Words: "I review the work of others"}, {Value: otherWhy, Words: "Another reason, below"}}
}

// otherWhy is the reason that must be written out.
const otherWhy = "other"

// whyInWords is the reason that somebody gave for looking: a usual one, with what they wrote, or what they wrote alone. "" is none that says
// anything.
func whyInWords(usual, text string) string {
	text = strings.TrimSpace(text)
	for _, o := range whyOptions() {
		if o.Value == usual && usual != "" && usual != otherWhy {
			return strings.TrimSuffix(o.Words+": "+text, ": ")
		}
	}
	if utf8.RuneCountInString(text) < minWhy {
		return ""
	}
	return text
}

// roleOptions are who an inquiry can be handed to.
func roleOptions() []web.Option {
	return []web.Option{{Words: "Choose"}, {Value: string(staff.Officer), Words: "A community relations officer"},
		{Value: string(staff.Specialist), Words: "A victim assistance specialist"}, {Value: string(staff.Operator), Words: "The hotline’s operators"}}
}
