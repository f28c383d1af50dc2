package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	network "voice.example/infra/local/phone"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
)

const number = "+12025550143"

// bench is a handler with everything real behind it.
type bench struct {
	*handler
	t     *testing.T
	cloud *localtest.Cloud
	now   time.Time
	code  string
	ids   int
}

// Send takes one-time codes.
func (b *bench) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	b.code = strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })[0]
	return "m", nil
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, cloud := dynamodbtest.New(t), localtest.New(t)
	keys := keyringtest.Keys(t)
	b := &bench{t: t, cloud: cloud, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	limits := &limit.Table{Client: db.Client, Name: db.Table("limits"), Now: clock}
	list := &optout.List{Client: db.Client, Table: db.Table("optouts")}
	b.handler = &handler{
		OptOuts: list,
		Custody: custody.NewTable(db.Client, db.Table("custody")),
		Subscriptions: &subscription.Store{Client: db.Client, Table: db.Table("subscriptions"), Keys: keys, Sender: b, Now: clock,
			Agency: "VOICE", Limits: limits, OptOuts: list, CodesPerPhonePerHour: 10, CodesPerHour: 10},
		Ledger:    &alert.Ledger{Client: db.Client, Table: db.Table("alerts"), Retention: time.Hour, Now: clock},
		Feeds:     &feed.Watch{List: (&feed.Table{Client: db.Client, Name: db.Table("feeds")}).List, Silent: 26 * time.Hour, Now: clock},
		Inquiries: &inquiry.Table{Client: db.Client, Name: db.Table("inquiries"), Keys: keys, Retention: time.Hour, Now: clock},
		Limits:    limits, Keys: keys, Sender: sms.NewSNS(cloud.SNSConfig()),
		Agency: "VOICE", Hotline: "1-855-488-6423", Zone: time.UTC, Now: clock,
	}
	return b
}

// subscribe subscribes the phone to somebody.
func (b *bench) subscribe(a custody.ANumber, edit func(*subscription.Application)) subscription.Subscription {
	b.t.Helper()
	app := subscription.Application{ANumber: a, CountryOfBirth: "MX", Phone: number, Language: i18n.English, CodeWord: "Maple"}
	if edit != nil {
		edit(&app)
	}
	p, err := b.Subscriptions.Request(context.Background(), app, "")
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := b.Subscriptions.Confirm(context.Background(), p.ID, b.code)
	if err != nil {
		b.t.Fatal(err)
	}
	return c.Subscription
}

func (b *bench) record(a custody.ANumber, edit func(*custody.Record)) custody.Record {
	b.t.Helper()
	no := false
	r := custody.Record{ANumber: a, Version: 1, UploadID: "w", FirstName: "Ada", LastName: "Test", DateOfBirth: "1980-01-01", CountryOfBirth: "MX",
		Protected: &no, Status: custody.Released, Since: b.now, AsOf: b.now}
	if edit != nil {
		edit(&r)
	}
	if err := b.Custody.Apply(context.Background(), r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// said makes the queue message of a text, with an id of its own.
func (b *bench) said(body string) string {
	b.ids++
	inner, _ := json.Marshal(map[string]string{"originationNumber": number, "destinationNumber": "+12025550100",
		"messageKeyword": "KEYWORD", "messageBody": body, "inboundMessageId": fmt.Sprint("in-", b.ids)})
	outer, _ := json.Marshal(map[string]string{"Type": "Notification", "MessageId": fmt.Sprint("sns-", b.ids), "Message": string(inner),
		"Timestamp": b.now.Format("2006-01-02T15:04:05.000Z")})
	return string(outer)
}

// handle gives the handler messages in one batch, and returns how many must come again.
func (b *bench) handle(bodies ...string) int {
	b.t.Helper()
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: fmt.Sprint(i), Body: body})
	}
	out, err := b.Handle(context.Background(), batch)
	if err != nil {
		b.t.Fatal(err)
	}
	return len(out.BatchItemFailures)
}

// reply lets the phone say something, a second after what it said before, and returns what it gets for an answer.
func (b *bench) reply(body string) []string {
	b.t.Helper()
	before := len(b.cloud.Texts(number))
	b.now = b.now.Add(time.Second)
	if again := b.handle(b.said(body)); again != 0 {
		b.t.Errorf("%q comes again", body)
	}
	return b.cloud.Texts(number)[before:]
}

func (b *bench) stopped() bool {
	b.t.Helper()
	stopped, err := b.OptOuts.Stopped(context.Background(), optout.Hash(b.Keys, number))
	if err != nil {
		b.t.Fatal(err)
	}
	return stopped
}

func (b *bench) expect(got []string, want ...string) {
	b.t.Helper()
	if !slices.Equal(got, want) {
		b.t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const (
	stoppedText = "VOICE (Maple): you will get no more texts from us, whatever happens. To get them again, reply START. Questions? 1-855-488-6423."
	helpText    = "VOICE (Maple): to talk to a person, call 1-855-488-6423. In danger? Call 911. Reply STATUS for the latest, STOP to end texts, START to get them again."
)

func TestStop(t *testing.T) {
	t.Run("AsAWSSendsIt", func(t *testing.T) {
		b := newBench(t)
		var batch events.SQSEvent
		text, err := os.ReadFile("testdata/stop.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &batch); err != nil {
			t.Fatal(err)
		}
		if out, err := b.Handle(context.Background(), batch); err != nil || len(out.BatchItemFailures) != 0 {
			t.Fatalf("%+v, %v", out, err)
		}
		e, err := b.OptOuts.Get(context.Background(), optout.Hash(b.Keys, number))
		if err != nil || !e.Stopped || e.By != "cae173d2-66b9-564c-8309-21f858e9fb84" || e.Why != optout.Replied || e.WordAt != 1780315200123 {
			t.Errorf("%+v, %v", e, err)
		}
		b.expect(b.cloud.Texts(number), strings.Replace(stoppedText, " (Maple)", "", 1))
	})
	t.Run("ConfirmedOnceHoweverOftenDelivered", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		message := b.said("STOP")
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { b.handle(message, message, message) })
		}
		wg.Wait()
		b.expect(b.cloud.Texts(number), stoppedText)
		if !b.stopped() {
			t.Error("not stopped")
		}
	})
	t.Run("SaidAgainIsNotConfirmedAgain", func(t *testing.T) {
		b := newBench(t)
		b.expect(b.reply("alto"), "VOICE: ya no recibira mensajes nuestros, pase lo que pase. Para recibirlos otra vez, responda START. ¿Preguntas? 1-855-488-6423.")
		b.expect(b.reply("STOP"))
	})
	t.Run("KeepsTheSubscriptions", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe("001234567", nil)
		b.reply("stop")
		if _, err := b.Subscriptions.Get(context.Background(), sub.ANumber, sub.ID); err != nil {
			t.Error(err)
		}
	})
	t.Run("AStoppedPhoneGetsHelpAndNothingElse", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		b.record("001234567", nil)
		b.reply("stop")
		for _, body := range []string{"STATUS", "1", "2", "what is this?"} {
			b.expect(b.reply(body))
		}
		b.expect(b.reply("help"), helpText)
	})
	t.Run("ConfirmationThatCertainlyDidNotGoIsTriedAgain", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		b.cloud.Behave(number, network.Throttled)
		message := b.said("STOP")
		if again := b.handle(message); again != 1 || !b.stopped() {
			t.Errorf("%d come again, stopped: %v", again, b.stopped())
		}
		b.cloud.Behave(number, network.Deliver)
		if again := b.handle(message, message); again != 0 {
			t.Errorf("%d come again", again)
		}
		b.expect(b.cloud.Texts(number), stoppedText)
	})
	t.Run("ConfirmationThatMayHaveGoneIsNot", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Error500)
		message := b.said("STOP")
		if again := b.handle(message); again != 0 {
			t.Errorf("%d come again", again)
		}
		b.cloud.Behave(number, network.Deliver)
		b.handle(message)
		b.expect(b.cloud.Texts(number))
	})
}

func TestStart(t *testing.T) {
	const startedText = "VOICE (Maple): your texts are on again. What happened meanwhile we did not text: reply STATUS to hear where things stand. Questions? 1-855-488-6423. Reply STOP to end."
	t.Run("AfterStop", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		b.reply("STOP")
		b.expect(b.reply("Start"), startedText)
		if b.stopped() {
			t.Error("still stopped")
		}
		b.expect(b.reply("STOP"), stoppedText)
	})
	t.Run("OfAStranger", func(t *testing.T) {
		b := newBench(t)
		b.expect(b.reply("START"), "VOICE: this phone can get our texts, but no alerts are set up for it. Questions? 1-855-488-6423. Reply STOP to end.")
	})
	t.Run("DeliveredAgainWhenSomethingElseWouldBeSaidIsAnsweredOnce", func(t *testing.T) {
		b := newBench(t)
		word := b.said("START")
		b.handle(word)
		b.subscribe("001234567", nil)
		b.handle(word)
		if texts := b.cloud.Texts(number); len(texts) != 1 {
			t.Errorf("%d answers: %q", len(texts), texts)
		}
	})
	t.Run("LatestWordCountsInWhateverOrder", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		var messages []string
		for _, body := range []string{"STOP", "START", "STOP", "START"} {
			messages = append(messages, b.said(body))
			b.now = b.now.Add(time.Second)
		}
		dice := rand.New(rand.NewPCG(1, 2))
		for range 5 {
			dice.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
			b.handle(messages...)
		}
		if texts := b.cloud.Texts(number); b.stopped() || len(texts) > 4 || !slices.Contains(texts, startedText) {
			t.Errorf("stopped is %v after %q", b.stopped(), texts)
		}
	})
}

func TestHelp(t *testing.T) {
	b := newBench(t)
	b.expect(b.reply("AYUDA"), "VOICE: para hablar con una persona, llame al 1-855-488-6423. ¿En peligro? Llame al 911. Responda ESTADO para saber lo ultimo, STOP para terminar, START para volver a empezar.")
	b.subscribe("001234567", nil)
	b.expect(b.reply("Ayuda"), helpText) // whoever subscribed has said which language they want
}

func TestCallMe(t *testing.T) {
	ctx := context.Background()
	// reference is what the answer to a 2 names.
	reference := func(t *testing.T, b *bench) string {
		t.Helper()
		texts := b.reply("2")
		found := regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}`).FindAllString(strings.Join(texts, " "), -1)
		if len(found) != 1 || !strings.Contains(texts[0], "1-855-488-6423") {
			t.Fatalf("%q", texts)
		}
		return found[0]
	}
	t.Run("OpensAnInquiry", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe("001234567", nil)
		i, err := b.Inquiries.Get(ctx, reference(t, b))
		if err != nil || i.Reason != inquiry.CallMe || i.SubscriptionID != sub.ID || i.ANumber != sub.ANumber || i.PhoneHash != sub.PhoneHash || i.Channel != inquiry.Text {
			t.Errorf("%+v, %v", i, err)
		}
	})
	t.Run("OneOnADay", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		first, again := reference(t, b), reference(t, b)
		b.now = b.now.Add(24 * time.Hour)
		if tomorrow := reference(t, b); first != again || tomorrow == first {
			t.Errorf("%s, %s, %s", first, again, tomorrow)
		}
	})
	t.Run("OfAPhoneThatWeDoNotKnow", func(t *testing.T) {
		b := newBench(t)
		i, err := b.Inquiries.Get(ctx, reference(t, b))
		if err != nil || i.SubscriptionID != "" {
			t.Fatalf("%+v, %v", i, err)
		}
		if c, err := b.Inquiries.Contact(context.Background(), i); err != nil || c.Phone.E164() != number || !c.MayText {
			t.Errorf("nobody could call it: %v", err)
		}
	})
}

func TestStatus(t *testing.T) {
	const nothing = "VOICE (Maple): There is nothing that we can tell you right now about the person you asked about. Questions? 1-855-488-6423. Reply STOP to end."
	t.Run("WhereThePersonStands", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", nil)
		b.record("001234567", nil)
		b.expect(b.reply("STATUS"), "VOICE (Maple): A.T. was RELEASED from custody. As of June 1, 2026, 12:00 PM UTC. Questions? 1-855-488-6423. Reply STOP to end.")
	})
	yes := true
	for name, edit := range map[string]func(*custody.Record){
		"Protected": func(r *custody.Record) { r.Protected = &yes },
		"AMinor":    func(r *custody.Record) { r.DateOfBirth = "2015-01-01" },
		"Elsewhere": func(r *custody.Record) { r.CountryOfBirth = "CU" },
		"Nobody":    func(r *custody.Record) { r.ANumber = "007654321" },
	} {
		t.Run("NothingOf"+name, func(t *testing.T) {
			b := newBench(t)
			b.subscribe("001234567", nil)
			b.record("001234567", edit)
			b.expect(b.reply("status"), nothing)
		})
	}
	t.Run("DiscreetlyNothingAtAll", func(t *testing.T) {
		b := newBench(t)
		b.subscribe("001234567", func(a *subscription.Application) { a.Discreet, a.CodeWord = true, "" })
		const discreet = "VOICE: To hear where things stand, please call us. Questions? 1-855-488-6423. Reply STOP to end."
		b.expect(b.reply("STATUS"), discreet)
		b.record("001234567", nil)
		b.expect(b.reply("STATUS"), discreet)
	})
	t.Run("OfThreePeopleAndThenToCall", func(t *testing.T) {
		b := newBench(t)
		for i := range 4 {
			a := custody.ANumber(fmt.Sprintf("00123456%d", i))
			b.subscribe(a, nil)
			b.record(a, nil)
		}
		message := b.said("STATUS")
		b.handle(message, message)
		b.handle(message)
		texts := b.cloud.Texts(number)
		if len(texts) != 4 || !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "You have more alerts than these") }) {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("OfNobody", func(t *testing.T) {
		b := newBench(t)
		b.expect(b.reply("estado"), "VOICE: Este teléfono no tiene avisos pedidos. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar.")
	})
	t.Run("TwentyTextsAnHour", func(t *testing.T) {
		b := newBench(t)
		for range 25 {
			b.handle(b.said("STATUS"))
		}
		if n := len(b.cloud.Texts(number)); n != 20 {
			t.Errorf("%d texts", n)
		}
	})
}

func TestReceived(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	sub := b.subscribe("001234567", nil)
	sentAlert := func(event string) alert.Alert {
		a := alert.New(event, custody.EventReleased, custody.Record{ANumber: "001234567", Since: b.now, AsOf: b.now}, sub.ID)
		if err := b.Ledger.Plan(ctx, a); err != nil {
			t.Fatal(err)
		}
		claimed, err := b.Ledger.Claim(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		claimed.PhoneHash = sub.PhoneHash
		if err := b.Ledger.SettleSent(ctx, claimed, "m-"+event); err != nil {
			t.Fatal(err)
		}
		return a
	}
	state := func(a alert.Alert) alert.Alert {
		got, err := b.Ledger.Get(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	b.expect(b.reply("1"), "VOICE (Maple): sorry, nobody reads replies to this number. Please call 1-855-488-6423, or reply STATUS, HELP or STOP. In danger? Call 911.")
	b.now = b.now.Add(time.Hour)
	one := sentAlert("one")
	b.now = b.now.Add(time.Second)
	message, at := b.said("1"), b.now
	b.handle(message, message)
	if got := state(one); got.State != alert.Acknowledged || !got.AcknowledgedAt.Equal(at) {
		t.Errorf("%+v", got)
	}
	b.now = b.now.Add(time.Minute)
	later := sentAlert("two")
	if again := b.handle(message); again != 0 || state(later).State != alert.Sent || !state(one).AcknowledgedAt.Equal(at) {
		t.Errorf("a repeat acknowledged what came after it: %+v", state(later))
	}
	if texts := b.cloud.Texts(number); len(texts) != 2 || !strings.Contains(texts[1], "thank you") {
		t.Errorf("%q", texts)
	}
}

func TestOtherwise(t *testing.T) {
	t.Run("OnceInAnHour", func(t *testing.T) {
		b := newBench(t)
		n := 0
		for range 5 {
			n += len(b.reply("who is this?"))
		}
		if n != 1 {
			t.Errorf("%d texts", n)
		}
		b.now = b.now.Add(time.Hour)
		if n := len(b.reply("hello?")); n != 1 {
			t.Errorf("%d texts in the next hour", n)
		}
	})
	t.Run("WhatCannotBeReadComesAgain", func(t *testing.T) {
		b := newBench(t)
		for _, body := range []string{"", "{}", `{"Message":"x"}`, `{"Message":"{}","Timestamp":"2026-06-01T12:00:00.000Z"}`,
			strings.ReplaceAll(b.said("STOP"), number, "VOICE")} {
			if again := b.handle(body); again != 1 {
				t.Errorf("%q: %d come again", body, again)
			}
		}
	})
}
