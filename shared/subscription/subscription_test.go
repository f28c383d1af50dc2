package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/numbering"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
)

// desk is a store on a database of its own, with a clock to turn and a phone to read.
type desk struct {
	*Store
	db   *dynamodbtest.DB
	now  time.Time
	mu   sync.Mutex
	sent []string
	to   []phone.Number // of each text
	mail post
	fail error
}

func (d *desk) Send(_ context.Context, to phone.Number, text string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return "", d.fail
	}
	d.sent, d.to = append(d.sent, text), append(d.to, to)
	return "m", nil
}

// post is a mailbox.
type post struct {
	to, subjects, bodies []string
	fail                 error
}

func (p *post) Send(_ context.Context, to string, subject, body string) (string, error) {
	if p.fail != nil {
		return "", p.fail
	}
	p.to, p.subjects, p.bodies = append(p.to, to), append(p.subjects, subject), append(p.bodies, body)
	return "m", nil
}

func (d *desk) lastCode(t *testing.T) string {
	t.Helper()
	if len(d.sent) == 0 {
		t.Fatal("no text was sent")
	}
	code := regexp.MustCompile(`\b\d{6}\b`).FindString(d.sent[len(d.sent)-1])
	if code == "" {
		t.Fatal("no code in the text")
	}
	return code
}

func newDesk(t *testing.T) *desk {
	keys := keyringtest.Keys(t)
	d := &desk{db: dynamodbtest.New(t), now: time.Now()}
	clock := func() time.Time { return d.now }
	d.Store = &Store{Client: d.db.Client, Table: d.db.Table("subscriptions"),
		Limits: &limit.Table{Client: d.db.Client, Name: d.db.Table("limits"), Now: clock},
		Keys:   keys, Sender: d, Agency: "VOICE", Now: clock, CodesPerPhonePerHour: 3, CodesPerHour: 50, Mail: &d.mail, Zone: time.UTC,
		CountryOf: numbering.CountryOf, ZoneOf: numbering.ZoneOf}
	return d
}

var application = Application{ANumber: "001234567", CountryOfBirth: "MX", Phone: "+12025550143", Language: i18n.English}

func (d *desk) request(t *testing.T, app Application) Pending {
	t.Helper()
	p, err := d.Request(context.Background(), app, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (d *desk) subscribe(t *testing.T, app Application) Confirmed {
	t.Helper()
	p := d.request(t, app)
	c, err := d.Confirm(context.Background(), p.ID, d.lastCode(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (d *desk) subscribers(t *testing.T, a custody.ANumber) (subs []Subscription) {
	t.Helper()
	for sub, err := range d.Subscribers(context.Background(), a) {
		if err != nil {
			t.Fatal(err)
		}
		subs = append(subs, sub)
	}
	return subs
}

func TestSubscribe(t *testing.T) {
	ctx := context.Background()
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		app := application
		app.Discreet, app.CodeWord, app.Events = true, " Maple  Leaf ", []custody.Event{custody.EventReleased}
		c := d.subscribe(t, app)
		subs := d.subscribers(t, app.ANumber)
		if len(subs) != 1 || !subs[0].Discreet || subs[0].CodeWord != "Maple Leaf" || len(subs[0].Events) != 1 || subs[0].ID != c.Subscription.ID {
			t.Fatalf("got %+v", subs)
		}
		if n, err := d.Phone(ctx, subs[0]); err != nil || n.E164() != "+12025550143" {
			t.Errorf("the phone does not open: %v", err)
		}
		if n, err := d.Counts(ctx, []custody.ANumber{app.ANumber}); n[app.ANumber] != 1 || len(n) != 1 || err != nil {
			t.Errorf("counts %v, %v", n, err)
		}
	})
	t.Run("NothingReadableIsKept", func(t *testing.T) {
		d := newDesk(t)
		d.request(t, application)
		code := d.lastCode(t)
		d.subscribe(t, withContacts)
		for _, table := range []string{d.Table, d.Limits.Name} {
			out, err := d.Client.Scan(ctx, &dynamodb.ScanInput{TableName: &table})
			if err != nil || len(out.Items) == 0 {
				t.Fatalf("%d items, %v", len(out.Items), err)
			}
			kept, _ := json.Marshal(out.Items)
			// A code may be part of a longer number by chance.
			for _, secret := range []string{"2025550143", "2025550177", "(?i)ana@", `\b` + code + `\b`, `\b` + d.lastCode(t) + `\b`, `\b` + d.mailCode(t) + `\b`} {
				if regexp.MustCompile(secret).Match(kept) {
					t.Errorf("%s holds an address or a code in clear", table)
				}
			}
		}
	})
	t.Run("OnePhoneIsToldOnce", func(t *testing.T) {
		d := newDesk(t)
		first, second := d.subscribe(t, application), d.subscribe(t, application)
		if subs := d.subscribers(t, application.ANumber); len(subs) != 1 {
			t.Errorf("%d subscriptions", len(subs))
		}
		if _, err := d.Find(ctx, first.Subscription.RequestID, first.ManageToken); err != ErrManageToken {
			t.Errorf("the replaced token: %v", err)
		}
		if _, err := d.Find(ctx, second.Subscription.RequestID, second.ManageToken); err != nil {
			t.Errorf("the new token: %v", err)
		}
	})
	t.Run("NotBeforeTheCode", func(t *testing.T) {
		d := newDesk(t)
		d.request(t, application)
		if subs := d.subscribers(t, application.ANumber); len(subs) != 0 {
			t.Errorf("%d subscriptions", len(subs))
		}
	})
	t.Run("SpacesInTheCode", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, application)
		code := d.lastCode(t)
		if _, err := d.Confirm(ctx, p.ID, " "+code[:3]+" "+code[3:]+"\u00a0"); err != nil {
			t.Error(err)
		}
	})
	t.Run("RightCodeTwiceAfterALostAnswer", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, application)
		for range 2 {
			if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestCodes(t *testing.T) {
	ctx := context.Background()
	wrong := func(code string) string { return fmt.Sprintf("%06d", (int(code[5]-'0')+1)%10) }
	t.Run("ErrWrongCodeCountsDown", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, application)
		for left := MaxTries - 1; left >= 0; left-- {
			var failed *WrongCodeError
			if _, err := d.Confirm(ctx, p.ID, wrong(d.lastCode(t))); !errors.As(err, &failed) || failed.TriesLeft != left {
				t.Fatalf("got %v, want %d left", err, left)
			}
		}
		if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != ErrTooManyTries {
			t.Errorf("the right code after five wrong ones: %v", err)
		}
	})
	t.Run("NeverMoreThanFiveTriesAtOnce", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, application)
		var wg sync.WaitGroup
		counted := make(chan bool, 20)
		for range 20 {
			wg.Go(func() {
				var failed *WrongCodeError
				if _, err := d.Confirm(ctx, p.ID, "xxxxxx"); errors.As(err, &failed) {
					counted <- true
				}
			})
		}
		wg.Wait()
		if len(counted) != MaxTries {
			t.Errorf("%d tries were answered, want %d", len(counted), MaxTries)
		}
	})
	t.Run("ErrExpired", func(t *testing.T) {
		d := newDesk(t)
		p := d.request(t, application)
		d.now = d.now.Add(CodeLife)
		if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != ErrCodeExpired {
			t.Errorf("after ten minutes: %v", err)
		}
		d.now = d.now.Add(3 * time.Hour) // past the TTL that DynamoDB has not acted on yet
		if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != ErrCodeExpired {
			t.Errorf("after three hours: %v", err)
		}
	})
	t.Run("ErrCodeOfAnotherRequest", func(t *testing.T) {
		d := newDesk(t)
		mine := d.request(t, application)
		d.request(t, application) // somebody else's, for the same phone and person
		var failed *WrongCodeError
		if _, err := d.Confirm(ctx, mine.ID, d.lastCode(t)); !errors.As(err, &failed) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		d := newDesk(t)
		for _, id := range []string{"", "x", secret.NewID(), strings.Repeat("a", 10000)} {
			if _, err := d.Confirm(ctx, id, "123456"); err != ErrNotFound {
				t.Errorf("%.10q: %v", id, err)
			}
		}
	})
	t.Run("ErrThrottledPerPhone", func(t *testing.T) {
		d := newDesk(t)
		for range d.CodesPerPhonePerHour {
			d.request(t, application)
		}
		var throttled *limit.ThrottledError
		if _, err := d.Request(ctx, application, ""); !errors.As(err, &throttled) {
			t.Errorf("got %v", err)
		}
		if len(d.sent) != d.CodesPerPhonePerHour {
			t.Errorf("%d texts", len(d.sent))
		}
		other := application
		other.Phone = "+12025550144"
		d.request(t, other)
	})
	t.Run("ErrThrottledInAll", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerHour = 2
		for i := range 3 {
			app := application
			app.Phone = phone.Number(fmt.Sprintf("+1202555015%d", i))
			_, err := d.Request(ctx, app, "")
			if throttled := new(limit.ThrottledError); errors.As(err, &throttled) != (i == 2) {
				t.Errorf("request %d: %v", i, err)
			}
		}
	})
	t.Run("ErrNotSentThenAskedAgain", func(t *testing.T) {
		d := newDesk(t)
		d.fail = errors.New("down")
		if _, err := d.Request(ctx, application, "key"); !errors.Is(err, d.fail) {
			t.Fatalf("got %v", err)
		}
		d.fail = nil
		p, err := d.Request(ctx, application, "key")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != nil {
			t.Error(err)
		}
	})
	t.Run("IdempotencyKeySendsOneTextAtOnce", func(t *testing.T) {
		d := newDesk(t)
		ids := make(chan string, 8)
		var wg sync.WaitGroup
		for range cap(ids) {
			wg.Go(func() {
				p, err := d.Request(ctx, application, "key")
				if err == nil {
					ids <- p.ID
				}
			})
		}
		wg.Wait()
		if len(d.sent) != 1 {
			t.Fatalf("%d texts", len(d.sent))
		}
		if _, err := d.Confirm(ctx, <-ids, d.lastCode(t)); err != nil {
			t.Error(err)
		}
	})
	t.Run("IdempotencyKeyGivesANewCodeWhenTheOldIsOver", func(t *testing.T) {
		d := newDesk(t)
		if _, err := d.Request(ctx, application, "key"); err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(CodeLife + time.Second)
		if p, err := d.Request(ctx, application, "key"); err != nil || len(d.sent) != 2 || !p.ExpiresAt.After(d.now) {
			t.Errorf("%d texts, %v", len(d.sent), err)
		}
	})
	t.Run("IdempotencyKeySendsOneText", func(t *testing.T) {
		d := newDesk(t)
		first, err := d.Request(ctx, application, "key")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := d.Request(ctx, application, "key"); err != nil || again.ID != first.ID || len(d.sent) != 1 {
			t.Errorf("again: %v, %v, %d texts", again.ID == first.ID, err, len(d.sent))
		}
		other := application
		other.ANumber = "007654321"
		if p, err := d.Request(ctx, other, "key"); err != nil || p.ID == first.ID || len(d.sent) != 2 {
			t.Errorf("another body under the same key: %v, %d texts", err, len(d.sent))
		}
	})
}

func TestErrInvalid(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		edit           func(*Application)
		field, problem string
	}{
		"NoANumber":        {func(a *Application) { a.ANumber = "" }, "a_number", ProblemMissing},
		"NoCountry":        {func(a *Application) { a.CountryOfBirth = "" }, "country_of_birth", ProblemMissing},
		"NoPhone":          {func(a *Application) { a.Phone = "" }, "phone", ProblemMissing},
		"UnknownLanguage":  {func(a *Application) { a.Language = "tlh" }, "language", ProblemUnknown},
		"UnknownEvent":     {func(a *Application) { a.Events = []custody.Event{"party"} }, "events", ProblemUnknown},
		"EventTwice":       {func(a *Application) { a.Events = []custody.Event{custody.BookedIn, custody.BookedIn} }, "events", ProblemUnknown},
		"LongCodeWord":     {func(a *Application) { a.CodeWord = strings.Repeat("x", 21) }, "code_word", ProblemTooLong},
		"LinkAsCodeWord":   {func(a *Application) { a.CodeWord = "http://x.example" }, "code_word", ProblemNotPlain},
		"EmojiCodeWord":    {func(a *Application) { a.CodeWord = "🍁" }, "code_word", ProblemNotPlain},
		"WideCodeWord":     {func(a *Application) { a.CodeWord = "枫叶" }, "code_word", ProblemNotPlain},
		"NoSuchQuietHour":  {func(a *Application) { a.Quiet = &Quiet{"22:00", "24:00", "America/Chicago"} }, "quiet_hours", ProblemUnknown},
		"ShortQuietHour":   {func(a *Application) { a.Quiet = &Quiet{"22:00", "7:00", "America/Chicago"} }, "quiet_hours", ProblemUnknown},
		"AlwaysQuiet":      {func(a *Application) { a.Quiet = &Quiet{"22:00", "22:00", "America/Chicago"} }, "quiet_hours", ProblemUnknown},
		"QuietAtNoTime":    {func(a *Application) { a.Quiet = &Quiet{} }, "quiet_hours", ProblemUnknown},
		"UnknownZone":      {func(a *Application) { a.Quiet = &Quiet{"22:00", "07:00", "Mars/Olympus"} }, "quiet_hours", ProblemUnknown},
		"ZoneOfTheServer":  {func(a *Application) { a.Quiet = &Quiet{"22:00", "07:00", "Local"} }, "quiet_hours", ProblemUnknown},
		"SecondIsFirst":    {func(a *Application) { a.Second = a.Phone }, "second_phone", ProblemSame},
		"NewlineIsNoBreak": {func(a *Application) { a.CodeWord = "a\x00b" }, "code_word", ProblemNotPlain},
	} {
		t.Run(name, func(t *testing.T) {
			app := application
			c.edit(&app)
			var invalid *InvalidError
			if _, err := d.Request(context.Background(), app, ""); !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Problem != c.problem {
				t.Errorf("got %v", err)
			}
			if len(d.sent) != 0 {
				t.Error("a text was sent")
			}
		})
	}
}

func TestManage(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	c := d.subscribe(t, application)
	other := application
	other.Phone = "+12025550149"
	theirs := d.subscribe(t, other)
	t.Run("FoundByEitherID", func(t *testing.T) {
		for _, id := range []string{c.Subscription.ID, c.Subscription.RequestID} {
			if sub, err := d.Find(ctx, id, c.ManageToken); err != nil || sub.ID != c.Subscription.ID {
				t.Errorf("got %v", err)
			}
		}
	})
	for name, try := range map[string]struct{ id, token string }{
		"TokenOfAnother": {c.Subscription.ID, theirs.ManageToken}, "NoToken": {c.Subscription.ID, ""},
		"Garbage": {c.Subscription.ID, "abc"}, "Cut": {c.Subscription.ID, c.ManageToken[:40]}, "NoID": {"", c.ManageToken},
	} {
		t.Run("ErrManageToken/"+name, func(t *testing.T) {
			if _, err := d.Find(ctx, try.id, try.token); err != ErrManageToken {
				t.Errorf("find: %v", err)
			}
			if err := d.Stop(ctx, try.id, try.token); err != ErrManageToken {
				t.Errorf("stop: %v", err)
			}
		})
	}
	t.Run("Changes", func(t *testing.T) {
		spanish, word, events := i18n.Spanish, "Roble", []custody.Event{custody.EventEscaped}
		if _, err := d.Change(ctx, c.Subscription.ID, c.ManageToken, Changes{Language: &spanish, CodeWord: &word, Events: &events}); err != nil {
			t.Fatal(err)
		}
		sub, err := d.Find(ctx, c.Subscription.ID, c.ManageToken)
		if err != nil || sub.Language != i18n.Spanish || sub.CodeWord != "Roble" || sub.Wants(custody.EventReleased) || !sub.Wants(custody.EventEscaped) || !sub.Wants(custody.Corrected) {
			t.Errorf("got %+v, %v", sub, err)
		}
		bad := "no!"
		var invalid *InvalidError
		if _, err := d.Change(ctx, c.Subscription.ID, c.ManageToken, Changes{CodeWord: &bad}); !errors.As(err, &invalid) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("StopsOnlyItself", func(t *testing.T) {
		if err := d.Stop(ctx, c.Subscription.ID, c.ManageToken); err != nil {
			t.Fatal(err)
		}
		if err := d.Stop(ctx, c.Subscription.ID, c.ManageToken); err != ErrManageToken {
			t.Errorf("stopping twice: %v", err)
		}
		if subs := d.subscribers(t, application.ANumber); len(subs) != 1 || subs[0].ID != theirs.Subscription.ID {
			t.Errorf("%d are left", len(subs))
		}
	})
}

func TestStoppedPhoneGetsNoCodeAndTheSameAnswer(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.OptOuts = &optout.List{Client: d.db.Client, Table: d.db.Table("optouts")}
	if _, err := d.OptOuts.Stop(ctx, optout.Hash(d.Keys, application.Phone), d.now, "m", optout.Replied); err != nil {
		t.Fatal(err)
	}
	p, err := d.Request(ctx, application, "thumb")
	if err != nil || p.ID == "" || !p.ExpiresAt.Equal(d.now.Add(CodeLife).UTC()) || len(d.sent) != 0 {
		t.Fatalf("%+v, %v, %d texts", p, err, len(d.sent))
	}
	if again, err := d.Request(ctx, application, "thumb"); err != nil || again != p {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if _, err := d.Confirm(ctx, p.ID, "000000"); !errors.As(err, new(*WrongCodeError)) && err != nil {
		t.Errorf("a code is checked as ever: %v", err)
	}
	if _, err := d.OptOuts.Start(ctx, optout.Hash(d.Keys, application.Phone), d.now.Add(time.Second), "n"); err != nil {
		t.Fatal(err)
	}
	if d.request(t, application); len(d.sent) != 1 {
		t.Errorf("%d texts after START", len(d.sent))
	}
}

func TestOfPhone(t *testing.T) {
	d := newDesk(t)
	hash := optout.Hash(d.Keys, application.Phone)
	expect := func(want int, wantMore bool) {
		t.Helper()
		subs, more, err := d.OfPhone(context.Background(), hash, 2)
		if err != nil || len(subs) != want || more != wantMore {
			t.Errorf("%d, %v, %v", len(subs), more, err)
		}
	}
	expect(0, false)
	for i, a := range []custody.ANumber{"001234567", "001234568", "001234569"} {
		app := application
		app.ANumber = a
		d.subscribe(t, app)
		expect(min(i+1, 2), i == 2)
	}
}
