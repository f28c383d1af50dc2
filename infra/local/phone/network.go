package phone

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
	"voice.example/shared/sms"
)

// The network's example figures: every carrier is this one and every part costs this.
const (
	carrier      = "Local Wireless"
	mcc, mnc     = 310, 270
	priceOfPart  = 0.00645
	longestText  = 1600
	defaultLate  = 5 * time.Second
	defaultHang  = 60 * time.Second
	defaultFrom  = "+12025550100"
	receiptStamp = "2006-01-02 15:04:05.000"
)

// Network is the telephone network.
type Network struct {
	config   Config
	receipts *durable.Outbox
	events   *durable.Outbox
	replies  *durable.Outbox
	routes   http.Handler
}

// text is one message as it is kept: to a phone, from it, or to an address.
type text struct {
	ID          string    `json:"id"`
	Phone       string    `json:"phone"`
	Subject     string    `json:"subject,omitempty"` // of mail
	Inbound     bool      `json:"inbound,omitempty"` // from the phone
	Body        string    `json:"body"`
	At          time.Time `json:"at"`
	Arrives     time.Time `json:"arrives"`
	Undelivered string    `json:"undelivered,omitempty"` // why it never arrived
}

// New gives the network with everything that it remembers.
func New(c Config) (*Network, error) {
	if c.DB == nil {
		return nil, fmt.Errorf("the phone network needs a state file")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OriginationNumber == "" {
		c.OriginationNumber = defaultFrom
	}
	if c.LateBy == 0 {
		c.LateBy = defaultLate
	}
	if c.HangFor == 0 {
		c.HangFor = defaultHang
	}
	n := &Network{
		config:   c,
		receipts: durable.NewOutbox(c.DB, "phone receipts", c.Now),
		events:   durable.NewOutbox(c.DB, "phone events", c.Now),
		replies:  durable.NewOutbox(c.DB, "phone replies", c.Now),
	}
	n.routes = n.handler()
	return n, nil
}

// Run hands receipts, events and replies to the hooks until ctx ends. Without a hook they stay where they are,
// for a later process that has one.
func (n *Network) Run(ctx context.Context) {
	var running sync.WaitGroup
	if n.config.Receipts != nil {
		running.Go(func() { handOn(ctx, n.receipts, n.config.Receipts, n.config.Log, "receipt") })
	}
	if n.config.Events != nil {
		running.Go(func() { handOn(ctx, n.events, n.config.Events, n.config.Log, "event") })
	}
	if n.config.Replies != nil {
		running.Go(func() { handOn(ctx, n.replies, n.config.Replies, n.config.Log, "reply") })
	}
	running.Wait()
}

// handOn empties one outbox into its hook.
func handOn[T any](ctx context.Context, from *durable.Outbox, hook func(context.Context, T) error, log *slog.Logger, what string) {
	from.Run(ctx, func(ctx context.Context, payload json.RawMessage) error {
		var v T
		if err := json.Unmarshal(payload, &v); err != nil {
			return fmt.Errorf("decode a %s: %w", what, err)
		}
		return hook(ctx, v)
	}, func(err error) { log.Warn("a "+what+" could not be handed on yet", "error", err) })
}

// Send accepts a text and gives its message id, or reports ErrInvalidNumber, ErrInvalidBody, ErrThrottled, ErrOptedOut
// or ErrNetwork. As with real carriers, an accepted text may still never arrive.
func (n *Network) Send(ctx context.Context, sms SMS) (messageID string, err error) {
	if !e164.MatchString(sms.To) {
		return "", ErrInvalidNumber
	}
	if strings.TrimSpace(sms.Body) == "" || utf8.RuneCountInString(sms.Body) > longestText {
		return "", ErrInvalidBody
	}
	how, err := n.admit(ctx, sms.To, ErrInvalidNumber)
	if err != nil {
		return "", err
	}
	id := newID()
	err = n.config.DB.Update(func(tx *bbolt.Tx) error { return n.accept(tx, id, sms, how) })
	if err != nil {
		return "", err
	}
	n.receipts.Wake()
	n.events.Wake()
	return id, nil
}

// admit says how a number or an address behaves, once what refuses has refused; invalid is what it reports of one that
// behaves as if it were none.
func (n *Network) admit(ctx context.Context, to string, invalid error) (Behaviour, error) {
	how, err := n.behaviour(to)
	if err != nil {
		return "", err
	}
	switch how {
	case Throttled:
		return "", ErrThrottled
	case Invalid:
		return "", invalid
	case Error500:
		return "", ErrNetwork
	case Hang:
		timer := time.NewTimer(n.config.HangFor)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-timer.C:
			return "", ErrNetwork
		}
	}
	return how, ctx.Err()
}

// accept keeps a text and its receipts.
func (n *Network) accept(tx *bbolt.Tx, id string, sms SMS, how Behaviour) error {
	now := n.config.Now()
	t := text{ID: id, Phone: sms.To, Body: sms.Body, At: now, Arrives: now}
	response, receipts := "Message has been accepted by phone carrier", 1
	switch {
	case (how == OptedOut || isOptedOut(tx, sms.To)) && sms.ByEndUserMessaging:
		return ErrOptedOut
	case how == OptedOut || isOptedOut(tx, sms.To):
		response = "Phone number is opted out"
		t.Undelivered = response
	case how == Unreachable:
		response = "Phone is currently unreachable/unavailable"
		t.Undelivered = response
	case how == Late:
		t.Arrives = now.Add(n.config.LateBy)
	case how == DoubleReceipt:
		receipts = 2
	}
	if err := keep(tx, t); err != nil {
		return err
	}
	if sms.ByEndUserMessaging {
		return n.addEvents(tx, t, sms, response, receipts)
	}
	for range receipts {
		if err := n.receipts.Add(tx, t.Arrives, receiptOf(t, sms, response)); err != nil {
			return err
		}
	}
	return nil
}

// receiptOf writes the delivery-status record of a text.
func receiptOf(t text, from SMS, response string) Receipt {
	parts, _ := sms.Parts(t.Body)
	kind := from.SMSType
	if kind == "" {
		kind = "Promotional"
	}
	r := Receipt{
		Notification: ReceiptNotification{MessageID: t.ID, Timestamp: t.At.UTC().Format(receiptStamp)},
		Delivery: ReceiptDelivery{
			PhoneCarrier: carrier, MCC: mcc, MNC: mnc, NumberOfMessageParts: parts, Destination: t.Phone,
			PriceInUSD: priceOfPart * float64(parts), SMSType: kind, ProviderResponse: response,
			DwellTimeMs: 1 + t.Arrives.Sub(t.At).Milliseconds(),
		},
		Status: "SUCCESS",
	}
	if t.Undelivered != "" {
		r.Status, r.Delivery.PriceInUSD = "FAILURE", 0
	} else {
		r.Delivery.DwellTimeMsUntilDeviceAck = r.Delivery.DwellTimeMs
	}
	return r
}

// keep writes a text after all earlier ones.
func keep(tx *bbolt.Tx, t text) error {
	b, err := durable.Buckets(tx, "phone", "texts")
	if err != nil {
		return err
	}
	number, err := b.NextSequence()
	if err != nil {
		return fmt.Errorf("number a text: %w", err)
	}
	return durable.Put(b, durable.Key(number), t)
}

// texts gives all that were kept, oldest first, of one phone or with an empty number of all.
func (n *Network) texts(phone string) ([]text, error) {
	var all []text
	err := n.config.DB.View(func(tx *bbolt.Tx) error {
		b := durable.Find(tx, "phone", "texts")
		if b == nil {
			return nil
		}
		return b.ForEach(func(key, _ []byte) error {
			var t text
			if err := durable.Get(b, key, &t); err != nil {
				return err
			}
			if phone == "" || t.Phone == phone {
				all = append(all, t)
			}
			return nil
		})
	})
	return all, err
}

// newID gives a random UUID.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
