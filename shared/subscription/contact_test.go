package subscription

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
)

const second, address = phone.Number("+12025550177"), "Ana@example.org"

var withContacts = func() Application {
	app := application
	app.Second, app.Email = second, address
	return app
}()

func (d *desk) mailCode(t *testing.T) string {
	t.Helper()
	if len(d.mail.bodies) == 0 {
		t.Fatal("no e-mail was sent")
	}
	return regexp.MustCompile(`\b\d{6}\b`).FindString(d.mail.bodies[len(d.mail.bodies)-1])
}

// confirm confirms a code and gives what was confirmed and what still waits.
func (d *desk) confirm(t *testing.T, id, code string) (Kind, []Kind) {
	t.Helper()
	c, err := d.Confirm(context.Background(), id, code)
	if err != nil {
		t.Fatal(err)
	}
	return c.Kind, c.Subscription.Waiting(d.now)
}

func (d *desk) get(t *testing.T, sub Subscription) Subscription {
	t.Helper()
	got, err := d.Get(context.Background(), sub.ANumber, sub.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (d *desk) change(t *testing.T, c Confirmed, changes Changes) Subscription {
	t.Helper()
	sub, err := d.Change(context.Background(), c.Subscription.RequestID, c.ManageToken, changes)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func wrongCode(codes ...string) string {
	for i := range 1_000_000 {
		if code := fmt.Sprintf("%06d", i); !slices.Contains(codes, code) {
			return code
		}
	}
	return ""
}

func TestContacts(t *testing.T) {
	ctx := context.Background()
	both := []Kind{SecondPhone, Email}
	t.Run("NobodyIsBotheredBeforeTheFirstCode", func(t *testing.T) {
		d := newDesk(t)
		d.request(t, withContacts)
		if len(d.sent) != 1 || d.to[0] != withContacts.Phone || len(d.mail.to) != 0 {
			t.Errorf("texts to %d, mail to %d", len(d.to), len(d.mail.to))
		}
	})
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		id := c.Subscription.RequestID
		if c.Kind != OwnPhone || c.NotSent != nil || !reflect.DeepEqual(c.Subscription.Waiting(d.now), both) {
			t.Fatalf("%s, %v waits, %v", c.Kind, c.Subscription.Waiting(d.now), c.NotSent)
		}
		if len(d.sent) != 2 || d.to[1] != second || !slices.Equal(d.mail.to, []string{address}) {
			t.Fatalf("%d texts, %d e-mails", len(d.sent), len(d.mail.to))
		}
		if text := sms.Write(i18n.English, i18n.English.Text("sms_code_second", map[string]any{"Agency": "VOICE", "Code": d.lastCode(t)})); d.sent[1] != text {
			t.Errorf("the contact was sent %q", d.sent[1])
		}
		if strings.Contains(d.mail.subjects[0], d.mailCode(t)) {
			t.Error("the subject, which a locked screen shows, has the code")
		}
		sub := d.get(t, c.Subscription)
		if _, err := d.SecondPhone(ctx, sub); err != ErrNotFound || sub.Second != nil || sub.Email != nil {
			t.Errorf("contacts before their codes: %v", err)
		}
		secondCode, mailCode := d.lastCode(t), d.mailCode(t)
		d.now = d.now.Add(ContactCodeLife - time.Minute)
		for range 2 { // the second time after a lost answer
			if kind, waits := d.confirm(t, id, secondCode); kind != SecondPhone || !reflect.DeepEqual(waits, []Kind{Email}) {
				t.Errorf("%s, %v waits", kind, waits)
			}
		}
		if kind, waits := d.confirm(t, id, mailCode); kind != Email || waits != nil {
			t.Errorf("%s, %v waits", kind, waits)
		}
		sub = d.get(t, c.Subscription)
		if n, err := d.SecondPhone(ctx, sub); n.E164() != second.E164() || err != nil || sub.Second.Hash != optout.Hash(d.Keys, second) {
			t.Errorf("the second phone: %v", err)
		}
		if a, err := d.EmailAddress(ctx, sub); a != address || err != nil {
			t.Errorf("the address: %q, %v", a, err)
		}
		if n, err := d.Phone(ctx, sub); n.E164() != withContacts.Phone.E164() || err != nil {
			t.Errorf("the first phone: %v", err)
		}
		if _, err := d.Find(ctx, id, c.ManageToken); err != nil {
			t.Errorf("the manage token: %v", err)
		}
	})
	t.Run("FirstCodeAgainKeepsWhatIsConfirmedAndAsksNobodyTwice", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, withContacts)
		first := d.lastCode(t)
		d.confirm(t, p.ID, first)
		secondCode, mailCode := d.lastCode(t), d.mailCode(t)
		d.confirm(t, p.ID, secondCode)
		if kind, waits := d.confirm(t, p.ID, first); kind != OwnPhone || !reflect.DeepEqual(waits, []Kind{Email}) {
			t.Errorf("%s, %v waits", kind, waits)
		}
		if len(d.sent) != 2 || len(d.mail.to) != 1 {
			t.Errorf("%d texts, %d e-mails", len(d.sent), len(d.mail.to))
		}
		if kind, waits := d.confirm(t, p.ID, mailCode); kind != Email || waits != nil {
			t.Errorf("%s, %v waits", kind, waits)
		}
	})
	t.Run("FirstCodeAgainAtTheMomentOfAContacts", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, withContacts)
		first := d.lastCode(t)
		d.confirm(t, p.ID, first)
		code, plain := d.lastCode(t), d.Client
		between := middleware.InitializeMiddlewareFunc("between", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
			middleware.InitializeOutput, middleware.Metadata, error) {
			if put, ok := in.Parameters.(*dynamodb.PutItemInput); ok && *put.TableName == d.Table && d.Client != plain {
				d.Client = plain
				if kind, _ := d.confirm(t, p.ID, code); kind != SecondPhone {
					t.Errorf("%s was confirmed", kind)
				}
			}
			return next.HandleInitialize(ctx, in)
		})
		d.Client = dynamodb.New(plain.Options(), func(o *dynamodb.Options) {
			o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error { return stack.Initialize.Add(between, middleware.After) })
		})
		if kind, waits := d.confirm(t, p.ID, first); kind != OwnPhone || !reflect.DeepEqual(waits, []Kind{Email}) {
			t.Errorf("%s, %v waits", kind, waits)
		}
	})
	t.Run("AnotherRequestKeepsOnlyTheContactsItNames", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		d.confirm(t, c.Subscription.RequestID, d.lastCode(t))
		d.confirm(t, c.Subscription.RequestID, d.mailCode(t))
		app := withContacts
		app.Email = ""
		c = d.subscribe(t, app)
		if sub := d.get(t, c.Subscription); sub.Second == nil || sub.Email != nil || len(d.sent) != 3 || c.Subscription.Waiting(d.now) != nil {
			t.Errorf("%v, %v, %d texts", sub.Second, sub.Email, len(d.sent))
		}
	})
	t.Run("ErrWrongCodeCountsDown", func(t *testing.T) {
		d := newDesk(t)
		app := withContacts
		app.Email = ""
		p := d.request(t, app)
		first := d.lastCode(t)
		d.confirm(t, p.ID, first)
		for left := MaxTries - 1; left >= 0; left-- {
			var failed *WrongCodeError
			if _, err := d.Confirm(ctx, p.ID, wrongCode(first, d.lastCode(t))); !errors.As(err, &failed) || failed.TriesLeft != left {
				t.Fatalf("got %v, want %d left", err, left)
			}
		}
		if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != ErrTooManyTries {
			t.Errorf("the right code after five wrong ones: %v", err)
		}
	})
	t.Run("ErrWrongCodeCountsDownWhatStillWaits", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		d.confirm(t, c.Subscription.RequestID, d.lastCode(t))
		d.now = d.now.Add(CodeLife)
		for left := MaxTries - 1; left >= 0; left-- {
			var failed *WrongCodeError
			if _, err := d.Confirm(ctx, c.Subscription.RequestID, wrongCode(d.lastCode(t), d.mailCode(t))); !errors.As(err, &failed) || failed.TriesLeft != left {
				t.Fatalf("got %v, want %d left", err, left)
			}
		}
	})
	t.Run("NeverMoreThanFiveTriesAtOnce", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		d.now = d.now.Add(CodeLife)
		var wg sync.WaitGroup
		counted := make(chan bool, 20)
		for range 20 {
			wg.Go(func() {
				if _, err := d.Confirm(ctx, c.Subscription.RequestID, "xxxxxx"); errors.As(err, new(*WrongCodeError)) {
					counted <- true
				}
			})
		}
		wg.Wait()
		if len(counted) < MaxTries || len(counted) > 2*MaxTries { // two codes, which two tries may reach in turn
			t.Errorf("%d tries were answered", len(counted))
		}
		for _, code := range []string{d.lastCode(t), d.mailCode(t)} {
			if _, err := d.Confirm(ctx, c.Subscription.RequestID, code); err != ErrTooManyTries {
				t.Errorf("a right code after them: %v", err)
			}
		}
	})
	t.Run("ErrExpired", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		for _, later := range []time.Duration{ContactCodeLife, 3 * time.Hour} {
			d.now = d.now.Add(later)
			if _, err := d.Confirm(ctx, c.Subscription.RequestID, d.lastCode(t)); err != ErrCodeExpired {
				t.Errorf("got %v", err)
			}
		}
		if waits := d.get(t, c.Subscription).Waiting(d.now); waits != nil {
			t.Errorf("%v waits", waits)
		}
	})
	t.Run("NotSentWaitsAndIsAskedAgain", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerPhonePerHour = 10
		p := d.request(t, withContacts)
		first := d.lastCode(t)
		d.fail, d.mail.fail = errors.New("down"), errors.New("bounced")
		c, err := d.Confirm(ctx, p.ID, first)
		if err != nil || !errors.Is(c.NotSent, d.fail) || !errors.Is(c.NotSent, ErrEmailNotSent) || !reflect.DeepEqual(c.Subscription.Waiting(d.now), both) {
			t.Fatalf("%v, %v, %v waits", err, c.NotSent, c.Subscription.Waiting(d.now))
		}
		number, mail := second, address
		if _, err := d.Change(ctx, p.ID, c.ManageToken, Changes{Second: &number}); !errors.Is(err, d.fail) {
			t.Errorf("asked while the network is down: %v", err)
		}
		d.mail.fail = nil
		if _, err := d.Change(ctx, p.ID, c.ManageToken, Changes{Second: &number, Email: &mail}); !errors.Is(err, d.fail) || len(d.mail.to) != 1 {
			t.Errorf("asked while only mail goes: %v, %d e-mails", err, len(d.mail.to))
		}
		d.fail, d.mail.fail = nil, nil
		if sub := d.change(t, c, Changes{Second: &number, Email: &mail}); !reflect.DeepEqual(sub.Waiting(d.now), both) {
			t.Errorf("%v waits", sub.Waiting(d.now))
		}
		d.confirm(t, p.ID, d.lastCode(t))
		d.confirm(t, p.ID, d.mailCode(t))
	})
	t.Run("ThrottledWaits", func(t *testing.T) {
		d := newDesk(t)
		app := application
		app.Phone = second
		for range d.CodesPerPhonePerHour { // the contact's own phone
			d.request(t, app)
		}
		c := d.subscribe(t, withContacts)
		if !errors.As(c.NotSent, new(*limit.ThrottledError)) || !reflect.DeepEqual(c.Subscription.Waiting(d.now), both) || len(d.mail.to) != 1 {
			t.Errorf("%v, %v waits", c.NotSent, c.Subscription.Waiting(d.now))
		}
	})
	t.Run("StoppedPhoneGetsNoCodeAndTheSameAnswer", func(t *testing.T) {
		d := newDesk(t)
		d.OptOuts = &optout.List{Client: d.db.Client, Table: d.db.Table("optouts")}
		if _, err := d.OptOuts.Stop(ctx, optout.Hash(d.Keys, second), d.now, "m", optout.Replied); err != nil {
			t.Fatal(err)
		}
		c := d.subscribe(t, withContacts)
		if c.NotSent != nil || !reflect.DeepEqual(c.Subscription.Waiting(d.now), both) || len(d.sent) != 1 {
			t.Errorf("%v, %v waits, %d texts", c.NotSent, c.Subscription.Waiting(d.now), len(d.sent))
		}
	})
	t.Run("EndedWithTheSubscription", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		d.now = d.now.Add(CodeLife + time.Hour) // the request's own code is no more
		if err := d.Stop(ctx, c.Subscription.RequestID, c.ManageToken); err != nil {
			t.Fatal(err)
		}
		var a asked
		for _, kind := range both {
			if err := d.pending(ctx, askedKey(c.Subscription.RequestID, kind), &a); err != ErrNotFound {
				t.Errorf("%s is still kept: %v", kind, err)
			}
		}
		d.now = d.now.Add(-time.Hour)
		// As if it had been asked at the very moment.
		if err := d.ask(ctx, c.Subscription, SecondPhone, second.E164()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Confirm(ctx, c.Subscription.RequestID, d.lastCode(t)); err != ErrNotFound {
			t.Errorf("got %v", err)
		}
		if subs := d.subscribers(t, application.ANumber); len(subs) != 0 {
			t.Errorf("%d subscriptions", len(subs))
		}
	})
	t.Run("CodeOfAReplacedSubscription", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		old := d.lastCode(t)
		other := withContacts
		other.Second, other.Email = "+12025550178", ""
		now := d.subscribe(t, other)
		if _, err := d.Confirm(ctx, c.Subscription.RequestID, old); err != ErrNotFound {
			t.Errorf("got %v", err)
		}
		if sub := d.get(t, now.Subscription); sub.Second != nil {
			t.Error("the contact of the replaced one was taken over")
		}
		now = d.subscribe(t, withContacts) // names them again, and has them asked again
		if _, err := d.Confirm(ctx, c.Subscription.RequestID, old); err != ErrNotFound {
			t.Errorf("the old code of the same contact: %v", err)
		}
		if kind, _ := d.confirm(t, now.Subscription.RequestID, d.lastCode(t)); kind != SecondPhone {
			t.Errorf("%s was confirmed", kind)
		}
	})
	t.Run("WithoutARecord", func(t *testing.T) {
		d := newDesk(t)
		app := withContacts
		app.ANumber, app.Quiet = "000000007", &Quiet{"22:00", "07:00", ""}
		c := d.subscribe(t, app)
		d.confirm(t, c.Subscription.RequestID, d.lastCode(t))
		d.confirm(t, c.Subscription.RequestID, d.mailCode(t))
		subs := d.subscribers(t, app.ANumber)
		if len(subs) != 1 || subs[0].Second == nil || subs[0].Email == nil || *subs[0].Quiet != (Quiet{"22:00", "07:00", "America/New_York"}) {
			t.Errorf("got %+v", subs)
		}
		if n, err := d.Counts(ctx, []custody.ANumber{app.ANumber}); n[app.ANumber] != 1 || err != nil {
			t.Errorf("counts %v, %v", n, err)
		}
	})
}

func TestChangeContacts(t *testing.T) {
	ctx := context.Background()
	none, noAddress := phone.Number(""), ""
	confirmed := func(t *testing.T) (*desk, Confirmed) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		d.confirm(t, c.Subscription.RequestID, d.lastCode(t))
		d.confirm(t, c.Subscription.RequestID, d.mailCode(t))
		return d, c
	}
	t.Run("AnotherOnceItIsConfirmed", func(t *testing.T) {
		d, c := confirmed(t)
		number, mail := phone.Number("+12025550178"), "b@example.org"
		sub := d.change(t, c, Changes{Second: &number, Email: &mail})
		if n, err := d.SecondPhone(ctx, sub); n.E164() != second.E164() || err != nil || len(sub.Waiting(d.now)) != 2 {
			t.Errorf("before its code: %v, %v waits", err, sub.Waiting(d.now))
		}
		d.confirm(t, c.Subscription.RequestID, d.lastCode(t))
		d.confirm(t, c.Subscription.RequestID, d.mailCode(t))
		sub = d.get(t, sub)
		if n, err := d.SecondPhone(ctx, sub); n.E164() != number.E164() || err != nil {
			t.Errorf("the second phone: %v", err)
		}
		if a, err := d.EmailAddress(ctx, sub); a != mail || err != nil {
			t.Errorf("the address: %q, %v", a, err)
		}
	})
	t.Run("TheSameAsksNobody", func(t *testing.T) {
		d, c := confirmed(t)
		number, mail := second, strings.ToUpper(address)
		if sub := d.change(t, c, Changes{Second: &number, Email: &mail}); sub.Waiting(d.now) != nil || len(d.sent) != 2 || len(d.mail.to) != 1 {
			t.Errorf("%v waits, %d texts", sub.Waiting(d.now), len(d.sent))
		}
	})
	t.Run("RemovedAtOnceWithItsCode", func(t *testing.T) {
		d, c := confirmed(t)
		old, oldMail := d.lastCode(t), d.mailCode(t)
		sub := d.change(t, c, Changes{Second: &none, Email: &noAddress})
		if sub = d.get(t, sub); sub.Second != nil || sub.Email != nil || sub.Waiting(d.now) != nil {
			t.Errorf("got %+v", sub)
		}
		for _, code := range []string{old, oldMail} {
			if _, err := d.Confirm(ctx, c.Subscription.RequestID, code); err == nil {
				t.Error("a code brought it back")
			}
		}
		var a asked
		for _, kind := range contacts {
			key := askedKey(c.Subscription.RequestID, kind)
			if err := d.mark(ctx, key, expression.Set(expression.Name("sent"), expression.Value(true))); err != nil { // by a send that took long
				t.Error(err)
			}
			if err := d.pending(ctx, key, &a); err != ErrNotFound {
				t.Errorf("%s is still kept: %v", kind, err)
			}
		}
	})
	t.Run("RemovedAtTheMomentItIsConfirmed", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		var a asked
		if err := d.pending(ctx, askedKey(c.Subscription.RequestID, SecondPhone), &a); err != nil {
			t.Fatal(err)
		}
		d.change(t, c, Changes{Second: &none})
		if _, err := d.confirmContact(ctx, c.Subscription.RequestID, SecondPhone, a); err != ErrNotFound {
			t.Errorf("got %v", err)
		}
		if sub := d.get(t, c.Subscription); sub.Second != nil {
			t.Error("the removed contact is back")
		}
	})
	t.Run("ChangeUndoesNoConfirmation", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, withContacts)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				discreet := i%2 == 0
				if _, err := d.Change(ctx, c.Subscription.RequestID, c.ManageToken, Changes{Discreet: &discreet}); err != nil {
					t.Error(err)
				}
			})
		}
		d.confirm(t, c.Subscription.RequestID, d.lastCode(t))
		wg.Wait()
		if d.get(t, c.Subscription).Second == nil {
			t.Error("the contact is lost")
		}
		// And one that was read before.
		if sub, err := d.write(ctx, c.Subscription, func() (e edit) { e.set("code_word", "Oak", true); return e }()); err != nil || sub.Second == nil {
			t.Errorf("%v, %v", sub.Second, err)
		}
	})
	t.Run("QuietHours", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, application)
		if sub := d.change(t, c, Changes{Quiet: &Quiet{"21:30", "06:00", "America/Phoenix"}}); *sub.Quiet != (Quiet{"21:30", "06:00", "America/Phoenix"}) {
			t.Errorf("set: %+v", sub.Quiet)
		}
		if sub := d.change(t, c, Changes{Quiet: &Quiet{From: "20:00", To: "06:00"}}); *sub.Quiet != (Quiet{"20:00", "06:00", "America/Phoenix"}) {
			t.Errorf("the zone is not kept: %+v", sub.Quiet)
		}
		discreet := true
		if sub := d.change(t, c, Changes{Discreet: &discreet}); sub.Quiet == nil || !sub.Discreet {
			t.Errorf("not named: %+v", sub.Quiet)
		}
		if sub := d.get(t, d.change(t, c, Changes{Quiet: &Quiet{}})); sub.Quiet != nil {
			t.Errorf("removed: %+v", sub.Quiet)
		}
		if _, err := d.Change(ctx, c.Subscription.RequestID, c.ManageToken, Changes{Quiet: &Quiet{From: "20:00"}}); !errors.As(err, new(*InvalidError)) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrFirstPhone", func(t *testing.T) {
		d, c := confirmed(t)
		number := application.Phone
		var invalid *InvalidError
		if _, err := d.Change(ctx, c.Subscription.RequestID, c.ManageToken, Changes{Second: &number}); !errors.As(err, &invalid) || invalid.Problem != ProblemSame {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrThrottledHoweverManyAreNamed", func(t *testing.T) {
		d := newDesk(t)
		c := d.subscribe(t, application)
		for i := range 7 {
			number := phone.Number(fmt.Sprintf("+1202555016%d", i))
			_, err := d.Change(ctx, c.Subscription.RequestID, c.ManageToken, Changes{Second: &number})
			if throttled := errors.As(err, new(*limit.ThrottledError)); throttled != (i == 6) {
				t.Errorf("contact %d: %v", i, err)
			}
		}
		if sub := d.get(t, c.Subscription); sub.AskedSecond.Hash != optout.Hash(d.Keys, "+12025550165") {
			t.Error("a refused change was made")
		}
	})
	t.Run("ErrManageTokenOfOneThatEndsMeanwhile", func(t *testing.T) {
		d, c := confirmed(t)
		var e edit
		e.set("discreet", true, true)
		if err := d.Stop(ctx, c.Subscription.RequestID, c.ManageToken); err != nil {
			t.Fatal(err)
		}
		if _, err := d.write(ctx, c.Subscription, e); err != ErrManageToken {
			t.Errorf("got %v", err)
		}
		if subs := d.subscribers(t, application.ANumber); len(subs) != 0 {
			t.Error("the change brought it back")
		}
	})
	t.Run("ErrManageToken", func(t *testing.T) {
		d, c := confirmed(t)
		if _, err := d.Change(ctx, c.Subscription.RequestID, "x", Changes{Second: &none}); err != ErrManageToken {
			t.Errorf("got %v", err)
		}
		d.subscribe(t, withContacts)
		if _, err := d.Change(ctx, c.Subscription.RequestID, c.ManageToken, Changes{Second: &none}); err != ErrManageToken {
			t.Errorf("the replaced token: %v", err)
		}
	})
}

func TestEmail(t *testing.T) {
	d := newDesk(t)
	for text, want := range map[string]string{
		"": "", " ": "", "a@example.org": "", " o'hara+x@mail.example.org ": "", strings.Repeat("a", 64) + "@example.org": "",
		"a": ProblemShape, "a@b": ProblemShape, "@example.org": ProblemShape, "a@": ProblemShape, "a@.org": ProblemShape, "a@example.": ProblemShape,
		"Ana <a@example.org>": ProblemShape, "<a@example.org>": ProblemShape, "a@example.org (Ana)": ProblemShape, `"a b"@example.org`: ProblemShape, `"ab"@example.org`: ProblemShape,
		"a@example.org, b@example.org": ProblemShape, "a@example.org\r\nBcc: b@example.org": ProblemShape, "a\n@example.org": ProblemShape,
		"a@exämple.org": ProblemShape, "ä@example.org": ProblemShape, "a@[127.0.0.1]": ProblemShape, "a@-x.org": ProblemShape, "a@ex_ample.org": ProblemShape,
		"a@" + strings.Repeat("b.", 125) + "org": ProblemShape,
	} {
		got := ""
		var invalid *InvalidError
		if err := d.checkEmail(&text); errors.As(err, &invalid) {
			got = invalid.Problem
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	t.Run("ErrNotOffered", func(t *testing.T) {
		d.Mail = nil
		var invalid *InvalidError
		if _, err := d.Request(context.Background(), withContacts, ""); !errors.As(err, &invalid) || *invalid != (InvalidError{"email", ProblemNotOffered}) {
			t.Errorf("got %v", err)
		}
	})
}

func TestQuietZone(t *testing.T) {
	d := newDesk(t)
	d.Zone, _ = time.LoadLocation("America/Denver")
	for number, want := range map[phone.Number]string{"+13125550143": "America/Chicago", "+12085550143": "America/Denver"} {
		if q, err := d.checkQuiet(Quiet{From: "22:00", To: "07:00"}, number); err != nil || q.Zone != want {
			t.Errorf("%v, %v", q, err)
		}
	}
	d.Zone = nil
	if q, err := d.checkQuiet(Quiet{From: "22:00", To: "07:00"}, "+12085550143"); err != nil || q.Zone != "UTC" {
		t.Errorf("%v, %v", q, err)
	}
}

// TestContactTextsFit keeps a contact's text at two parts at most, whatever the agency is called.
func TestContactTextsFit(t *testing.T) {
	for _, l := range i18n.Languages() {
		text := sms.Write(l, l.Text("sms_code_second", map[string]any{"Agency": strings.Repeat("W", 20), "Code": "000000"}))
		if parts, _ := sms.Parts(text); parts > sms.MaxParts || !strings.Contains(text, "000000") {
			t.Errorf("%s: %d parts: %s", l, parts, text)
		}
	}
}
