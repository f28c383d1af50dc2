package phone

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// Behaviour is what the network does with texts to a number, or with mail to an address.
type Behaviour string

// The behaviours. The first group accepts the text, the second makes Send fail.
const (
	Deliver       Behaviour = "deliver"
	Unreachable   Behaviour = "unreachable"    // accepted, never arrives, failure receipt
	OptedOut      Behaviour = "opted_out"      // accepted by SNS, never arrives, failure receipt
	Late          Behaviour = "late"           // arrives, with its receipt, after Config.LateBy
	DoubleReceipt Behaviour = "double_receipt" // arrives once, two receipts

	Throttled Behaviour = "throttled"
	Invalid   Behaviour = "invalid"
	Error500  Behaviour = "error_500"
	Hang      Behaviour = "hang" // no answer until the caller gives up
)

var behaviours = []Behaviour{Deliver, Unreachable, OptedOut, Late, DoubleReceipt, Throttled, Invalid, Error500, Hang}

// What Send and SendMail report. None of them names the number or the address.
var (
	ErrInvalidNumber = errors.New("the phone number is not a valid E.164 number to publish to")
	ErrInvalidBody   = errors.New("the text is empty or longer than 1,600 characters")
	ErrThrottled     = errors.New("the rate of texts is exceeded")
	ErrOptedOut      = errors.New("the phone number is opted out")
	ErrNetwork       = errors.New("the phone network has an internal error")

	ErrInvalidAddress = errors.New("the mail's address is not valid")
	ErrInvalidMail    = errors.New("the mail is empty, or its subject is of several lines")
	ErrRejected       = errors.New("the mail is rejected for what it says")
)

// e164 is a country code and a subscriber number, 15 digits at most; nothing shorter than 8 is in use.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// address is one of mail, without a name.
var address = regexp.MustCompile(`^[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+$`)

// Rule is the behaviour of one number, or of one address.
type Rule struct {
	To        string    `json:"to"`
	Behaviour Behaviour `json:"behaviour"`
}

// SetRule makes the network treat what is sent to a number or an address so from now on, across restarts.
func (n *Network) SetRule(r Rule) error {
	if !e164.MatchString(r.To) && !address.MatchString(r.To) {
		return ErrInvalidNumber
	}
	if !slices.Contains(behaviours, r.Behaviour) {
		return fmt.Errorf("there is no behaviour %q; there are %v", r.Behaviour, behaviours)
	}
	return n.config.DB.Update(func(tx *bbolt.Tx) error {
		b, err := durable.Buckets(tx, "phone", "rules")
		if err != nil {
			return err
		}
		return durable.Put(b, []byte(r.To), r)
	})
}

// DeleteRule lets a number or an address behave as usual again, or with neither all of them.
func (n *Network) DeleteRule(to string) error {
	return n.config.DB.Update(func(tx *bbolt.Tx) error {
		b, err := durable.Buckets(tx, "phone", "rules")
		if err != nil {
			return err
		}
		if to != "" {
			return b.Delete([]byte(to))
		}
		return tx.Bucket([]byte("phone")).DeleteBucket([]byte("rules"))
	})
}

// Rules gives all rules, by number.
func (n *Network) Rules() ([]Rule, error) {
	rules := []Rule{}
	err := n.config.DB.View(func(tx *bbolt.Tx) error {
		b := durable.Find(tx, "phone", "rules")
		if b == nil {
			return nil
		}
		return b.ForEach(func(to, _ []byte) error {
			var r Rule
			if err := durable.Get(b, to, &r); err != nil {
				return err
			}
			rules = append(rules, r)
			return nil
		})
	})
	return rules, err
}

// behaviour says how the network treats what is sent to a number or an address.
func (n *Network) behaviour(to string) (Behaviour, error) {
	found := Rule{Behaviour: Deliver}
	err := n.config.DB.View(func(tx *bbolt.Tx) error {
		b := durable.Find(tx, "phone", "rules")
		if b == nil {
			return nil
		}
		if err := durable.Get(b, []byte(to), &found); !errors.Is(err, durable.ErrNotFound) {
			return err
		}
		return nil
	})
	return found.Behaviour, err
}

// keyword is the first word of a reply, in capitals.
func keyword(body string) string {
	words := strings.Fields(body)
	if len(words) == 0 {
		return ""
	}
	return strings.ToUpper(words[0])
}

// optWord says whether a reply is one of the words that the network itself obeys: stop, start or neither.
// The list is AWS's own; other words that people use to stop are for the service to obey.
func optWord(body string) (stop, start bool) {
	switch strings.ToUpper(strings.TrimSpace(body)) {
	case "STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "ARRET":
		return true, false
	case "START", "UNSTOP":
		return false, true
	}
	return false, false
}

// setOptOut notes, as part of tx, that a number wants no texts, or wants them again.
func setOptOut(tx *bbolt.Tx, number string, out bool, now time.Time) error {
	b, err := durable.Buckets(tx, "phone", "opted out")
	if err != nil {
		return err
	}
	if out {
		return durable.Put(b, []byte(number), now)
	}
	return b.Delete([]byte(number))
}

// isOptedOut says whether a number has opted out by a reply.
func isOptedOut(tx *bbolt.Tx, number string) bool {
	b := durable.Find(tx, "phone", "opted out")
	return b != nil && b.Get([]byte(number)) != nil
}

// CheckOptedOut says whether texts to a number are blocked, by a reply or by a rule.
func (n *Network) CheckOptedOut(number string) (bool, error) {
	if !e164.MatchString(number) {
		return false, ErrInvalidNumber
	}
	how, err := n.behaviour(number)
	if err != nil {
		return false, err
	}
	out := how == OptedOut
	err = n.config.DB.View(func(tx *bbolt.Tx) error {
		out = out || isOptedOut(tx, number)
		return nil
	})
	return out, err
}

// OptIn lets texts to a number through again after a STOP. A rule stays as it is.
func (n *Network) OptIn(number string) error {
	if !e164.MatchString(number) {
		return ErrInvalidNumber
	}
	return n.config.DB.Update(func(tx *bbolt.Tx) error { return setOptOut(tx, number, false, n.config.Now()) })
}
