package subscription

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
)

// site is 50 letters with https://, as the longest name that an API has in the United States, and /manage/.
const site = "https://abcdefghij.execute-api.us-gov-west-1.amazonaws.com/manage/"

var linkIn = regexp.MustCompile(regexp.QuoteMeta(site) + `([a-z2-7]{16})(?:\s|$)`)

func (d *desk) requestVisit(t *testing.T, n phone.Number) VisitRequest {
	t.Helper()
	r, err := d.RequestVisit(context.Background(), n, site, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) lastLink(t *testing.T) string {
	t.Helper()
	m := linkIn.FindStringSubmatch(d.sent[len(d.sent)-1])
	if m == nil {
		t.Fatalf("no link in %q", d.sent[len(d.sent)-1])
	}
	return m[1]
}

// items are all items of the limits table.
func (d *desk) items(t *testing.T) []map[string]types.AttributeValue {
	t.Helper()
	out, err := d.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &d.Limits.Name})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

func TestVisit(t *testing.T) {
	ctx := context.Background()
	t.Run("OKByCode", func(t *testing.T) {
		d := newDesk(t)
		sub := d.subscribe(t, application).Subscription
		r := d.requestVisit(t, application.Phone)
		if r.Texted != 1 || !r.ExpiresAt.Equal(d.now.Add(CodeLife).UTC()) {
			t.Errorf("%+v", r)
		}
		link := d.lastLink(t)
		code := d.lastCode(t)
		v, err := d.VisitByCode(ctx, r.ID, code[:3]+" "+code[3:])
		if err != nil || v.Of != sub.PhoneHash {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := d.VisitByCode(ctx, r.ID, code); !errors.Is(err, ErrNotFound) {
			t.Errorf("the code works twice: %v", err)
		}
		if _, err := d.VisitByLink(ctx, link); !errors.Is(err, ErrVisitOver) {
			t.Errorf("the link works after the code: %v", err)
		}
	})
	t.Run("OKByLink", func(t *testing.T) {
		d := newDesk(t)
		sub := d.subscribe(t, application).Subscription
		r := d.requestVisit(t, application.Phone)
		v, err := d.VisitByLink(ctx, d.lastLink(t))
		if err != nil || v.Of != sub.PhoneHash {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := d.VisitByLink(ctx, d.lastLink(t)); !errors.Is(err, ErrVisitOver) {
			t.Errorf("the link works twice: %v", err)
		}
		if _, err := d.VisitByCode(ctx, r.ID, d.lastCode(t)); !errors.Is(err, ErrNotFound) {
			t.Errorf("the code works after the link: %v", err)
		}
	})
	t.Run("LinkOpenedByManyAtOnceWorksOnce", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		d.requestVisit(t, application.Phone)
		link := d.lastLink(t)
		var opened atomic.Int32
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := d.VisitByLink(ctx, link); err == nil {
					opened.Add(1)
				} else if !errors.Is(err, ErrVisitOver) {
					t.Error(err)
				}
			})
		}
		if group.Wait(); opened.Load() != 1 {
			t.Errorf("it was opened %d times", opened.Load())
		}
	})
	t.Run("TakenOnce", func(t *testing.T) { // as by two who entered the code at once
		d := newDesk(t)
		r := d.requestVisit(t, application.Phone)
		if err := d.takeVisit(ctx, visitPrefix+r.ID, nil); err != nil {
			t.Error(err)
		}
		if err := d.takeVisit(ctx, visitPrefix+r.ID, nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("InTheLanguageOfASubscription", func(t *testing.T) {
		d := newDesk(t)
		app := application
		app.Language = i18n.French
		d.subscribe(t, app)
		if d.requestVisit(t, application.Phone); !strings.Contains(d.sent[len(d.sent)-1], "pour voir ou changer vos alertes") {
			t.Errorf("%q", d.sent)
		}
	})
	t.Run("AskedTwiceTextsOnce", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		first, err := d.RequestVisit(ctx, application.Phone, site, "key")
		second, again := d.RequestVisit(ctx, application.Phone, site, "key")
		if err != nil || again != nil || first.ID != second.ID || len(d.sent) != 2 {
			t.Errorf("%v, %v, %d texts", err, again, len(d.sent))
		}
		if other, err := d.RequestVisit(ctx, "+12025550144", site, "key"); err != nil || other.ID == first.ID {
			t.Errorf("the key of one phone is another's: %v", err)
		}
		d.now = d.now.Add(CodeLife)
		if _, err := d.RequestVisit(ctx, application.Phone, site, "key"); err != nil || len(d.sent) != 3 {
			t.Errorf("%v, %d texts", err, len(d.sent))
		}
	})
	t.Run("AnswersAlikeForAPhoneWithout", func(t *testing.T) {
		d := newDesk(t)
		d.OptOuts = &optout.List{Client: d.db.Client, Table: d.db.Table("optouts")}
		d.subscribe(t, application)
		stopped := application
		stopped.Phone = "+12025550144"
		sub := d.subscribe(t, stopped).Subscription
		if _, err := d.OptOuts.Stop(ctx, sub.PhoneHash, d.now, "m", optout.Replied); err != nil {
			t.Fatal(err)
		}
		known := map[phone.Number]int{application.Phone: 1, stopped.Phone: 0, "+12025550145": 0}
		for n, texts := range known {
			before, had := len(d.sent), len(d.items(t))
			r := d.requestVisit(t, n)
			if r.ID == "" || r.NotSent != nil || r.Texted != texts || len(d.sent)-before != texts {
				t.Errorf("%+v and %d texts", r, len(d.sent)-before)
			}
			// The code, the link, and the counts of the day; the hour's is there for a phone that was subscribed.
			want := 3
			if n == "+12025550145" {
				want = 4
			}
			if got := len(d.items(t)) - had; got != want {
				t.Errorf("%d items were written, not %d", got, want)
			}
			var wrong *WrongCodeError
			if _, err := d.VisitByCode(ctx, r.ID, "x"); !errors.As(err, &wrong) || wrong.TriesLeft != MaxTries-1 {
				t.Errorf("got %v", err)
			}
		}
	})
	t.Run("TakesAsLongForAPhoneWithout", func(t *testing.T) {
		d := newDesk(t)
		d.VisitTakes = 300 * time.Millisecond
		d.subscribe(t, application)
		for _, n := range []phone.Number{application.Phone, "+12025550145"} {
			if began := time.Now(); d.requestVisit(t, n).ID == "" || time.Since(began) < d.VisitTakes {
				t.Errorf("it took %s", time.Since(began))
			}
		}
	})
	t.Run("TextThatCannotBeSentIsNoError", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		d.fail = &sms.Error{Outcome: sms.Permanent}
		if r := d.requestVisit(t, application.Phone); r.ID == "" || r.Texted != 0 || r.NotSent == nil {
			t.Errorf("%+v", r)
		}
	})
	t.Run("KeepsNoSecret", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		d.requestVisit(t, application.Phone)
		link, code := d.lastLink(t), d.lastCode(t)
		for _, item := range d.items(t) {
			for name, value := range item {
				text, _ := value.(*types.AttributeValueMemberS)
				if text != nil && (strings.Contains(text.Value, link) || strings.Contains(text.Value, code) || strings.Contains(text.Value, "2025550143")) {
					t.Errorf("%s is kept as %s", name, text.Value)
				}
			}
		}
	})
	t.Run("ErrWrongCode", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		r := d.requestVisit(t, application.Phone)
		for left := MaxTries - 1; left >= 0; left-- {
			var wrong *WrongCodeError
			if _, err := d.VisitByCode(ctx, r.ID, "wrong"); !errors.As(err, &wrong) || wrong.TriesLeft != left {
				t.Errorf("got %v, not %d left", err, left)
			}
		}
		if _, err := d.VisitByCode(ctx, r.ID, d.lastCode(t)); !errors.Is(err, ErrTooManyTries) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrCodeOfAnotherRequest", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		d.requestVisit(t, application.Phone)
		code := d.lastCode(t)
		other := d.requestVisit(t, "+12025550144")
		var wrong *WrongCodeError
		if _, err := d.VisitByCode(ctx, other.ID, code); !errors.As(err, &wrong) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrTooOld", func(t *testing.T) {
		d := newDesk(t)
		d.subscribe(t, application)
		r := d.requestVisit(t, application.Phone)
		d.now = d.now.Add(CodeLife)
		if _, err := d.VisitByCode(ctx, r.ID, d.lastCode(t)); !errors.Is(err, ErrCodeExpired) {
			t.Errorf("got %v", err)
		}
		if _, err := d.VisitByLink(ctx, d.lastLink(t)); !errors.Is(err, ErrVisitOver) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrUnknown", func(t *testing.T) {
		d := newDesk(t)
		for _, id := range []string{"", "x", strings.Repeat("a", 32)} {
			if _, err := d.VisitByCode(ctx, id, "000000"); !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v", err)
			}
		}
		for _, link := range []string{"", "x", strings.Repeat("a", 16), strings.Repeat("A", 16)} {
			if _, err := d.VisitByLink(ctx, link); !errors.Is(err, ErrVisitOver) {
				t.Errorf("got %v", err)
			}
		}
	})
	t.Run("ErrThrottled", func(t *testing.T) {
		d := newDesk(t)
		var throttled *limit.ThrottledError
		for range d.CodesPerPhonePerHour {
			d.requestVisit(t, "+12025550145")
		}
		if _, err := d.RequestVisit(ctx, "+12025550145", site, ""); !errors.As(err, &throttled) {
			t.Errorf("got %v", err)
		}
		if _, err := d.Request(ctx, Application{ANumber: "001234567", CountryOfBirth: "MX", Phone: "+12025550145", Language: "en"}, ""); !errors.As(err, &throttled) {
			t.Errorf("the codes of visits do not count as codes: %v", err)
		}
	})
	t.Run("ErrThrottledByTheDay", func(t *testing.T) {
		d := newDesk(t)
		d.now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		d.CodesPerPhonePerHour = 1
		for range VisitsPerDay {
			d.requestVisit(t, "+12025550145")
			d.now = d.now.Add(time.Hour)
		}
		var throttled *limit.ThrottledError
		if _, err := d.RequestVisit(ctx, "+12025550145", site, ""); !errors.As(err, &throttled) || throttled.RetryAfter != (24-VisitsPerDay)*time.Hour {
			t.Errorf("got %v", err)
		}
	})
}

func TestVisitToken(t *testing.T) {
	d := newDesk(t)
	d.now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	began := d.begin("hash")
	t.Run("OK", func(t *testing.T) {
		if v, err := d.OpenVisit(d.VisitToken(began)); err != nil || v != began {
			t.Errorf("%+v, %v", v, err)
		}
	})
	t.Run("ErrOver", func(t *testing.T) {
		token := d.VisitToken(began)
		d.now = began.Until.Add(-time.Second)
		if _, err := d.OpenVisit(token); err != nil {
			t.Error(err)
		}
		d.now = began.Began.Add(secret.VisitIdle)
		if _, err := d.OpenVisit(token); !errors.Is(err, ErrVisitOver) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("RenewedForAnHour", func(t *testing.T) {
		v := began
		for d.now = v.Began; d.now.Sub(v.Began) < 2*secret.MaxVisit; d.now = d.now.Add(9 * time.Minute) {
			var err error
			if v, err = d.OpenVisit(d.VisitToken(v)); err != nil {
				break
			}
			v = d.Renew(v)
		}
		if at := d.now.Sub(began.Began); at < secret.MaxVisit || at > secret.MaxVisit+9*time.Minute {
			t.Errorf("it was over after %s", at)
		}
	})
	t.Run("ErrNotOurs", func(t *testing.T) {
		d.now = began.Began
		for _, token := range []string{"", "x", d.Keys.Seal(tokenSeal, "hash|0|9999999999"), d.Keys.Seal(visitSeal, "hash|0"), d.Keys.Seal(visitSeal, "hash|x|9999999999")} {
			if _, err := d.OpenVisit(token); !errors.Is(err, ErrVisitOver) {
				t.Errorf("%q: got %v", token, err)
			}
		}
	})
}

// TestVisitTextsFit keeps the text at two parts with the longest of everything, link included; where a site's name is longer,
// the code alone goes.
func TestVisitTextsFit(t *testing.T) {
	d := newDesk(t)
	d.Agency = strings.Repeat("W", 20)
	for _, l := range i18n.Languages() {
		link := strings.Repeat("w", linkLength)
		text := d.visitText(l, "000000", site, link)
		parts, encoding := sms.Parts(text)
		if t.Logf("%s: %d parts, %s: %s", l, parts, encoding, text); parts > sms.MaxParts || !strings.Contains(text, site+link+" ") || !strings.Contains(text, "000000") {
			t.Errorf("%s: %d parts: %s", l, parts, text)
		}
		for name, site := range map[string]string{"none": "", "too long": "https://" + strings.Repeat("w.", 120) + "example/manage/"} {
			text := d.visitText(l, "000000", site, link)
			if parts, _ := sms.Parts(text); parts > sms.MaxParts || strings.Contains(text, link) || !strings.Contains(text, "000000") {
				t.Errorf("%s, site %s: %d parts: %s", l, name, parts, text)
			}
		}
	}
}
