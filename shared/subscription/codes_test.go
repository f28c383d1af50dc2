package subscription

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
)

// TestCodeLimits asks for codes as those do who earn by them, or want to bother somebody.
func TestCodeLimits(t *testing.T) {
	ctx := context.Background()
	of := func(n phone.Number) Application {
		app := application
		app.Phone = n
		return app
	}
	refused := func(t *testing.T, d *desk, app Application) time.Duration {
		t.Helper()
		var throttled *limit.ThrottledError
		if _, err := d.Request(ctx, app, ""); !errors.As(err, &throttled) {
			t.Fatalf("got %v", err)
		}
		return throttled.RetryAfter
	}
	t.Run("PhoneThatDidNotAskIsTextedSoOftenADay", func(t *testing.T) {
		d := newDesk(t)
		d.now = time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)
		d.CodesPerPhonePerDay = 4
		for range 4 {
			d.request(t, application)
			d.now = d.now.Add(time.Hour)
		}
		if wait := refused(t, d, application); wait != 19*time.Hour {
			t.Errorf("again in %s", wait)
		}
		if _, err := d.RequestVisit(ctx, application.Phone, "", ""); err == nil {
			t.Error("a visit's code is sent to it")
		}
		if len(d.sent) != 4 {
			t.Errorf("%d texts", len(d.sent))
		}
	})
	t.Run("PhoneThatConfirmsIsNotHeldUp", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerPhonePerDay, d.CodesPerBlockPerHour, d.CodesPerPhonePerHour = 1, 1, 10
		for range 5 {
			d.subscribe(t, application)
		}
	})
	t.Run("GuessedCodeGivesNothingBack", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerPhonePerDay = 1
		p := d.request(t, application)
		wrong := "000000"
		if d.lastCode(t) == wrong {
			wrong = "111111"
		}
		if _, err := d.Confirm(ctx, p.ID, wrong); err == nil {
			t.Fatal("the wrong code does")
		}
		if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != nil {
			t.Fatal(err)
		}
		refused(t, d, application)
	})
	t.Run("CodeConfirmedTwiceGivesBackOnce", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerBlockPerHour = 2
		d.request(t, of("+12025550144")) // which nobody confirms
		p := d.request(t, application)
		for range 3 {
			if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != nil {
				t.Fatal(err)
			}
		}
		d.request(t, of("+12025550145"))
		refused(t, d, of("+12025550146"))
	})
	t.Run("BlockOfNumbers", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerBlockPerHour = 3
		for i := range 3 {
			d.request(t, of(phone.Number(fmt.Sprintf("+1202555015%d", i))))
		}
		refused(t, d, of("+12025550999"))
		d.request(t, of("+12025551000"))
	})
	t.Run("InAllADay", func(t *testing.T) {
		d := newDesk(t)
		d.now = time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)
		d.CodesPerDay = 2
		for i := range 2 {
			d.request(t, of(phone.Number(fmt.Sprintf("+1202555%d150", i))))
			d.now = d.now.Add(2 * time.Hour)
		}
		refused(t, d, of("+12025559150"))
		d.now = d.now.Add(24 * time.Hour)
		d.request(t, of("+12025559150"))
	})
	t.Run("RefusedUsesUpNothing", func(t *testing.T) {
		d := newDesk(t)
		d.CodesPerHour, d.CodesPerBlockPerHour = 4, 2
		for range 2 {
			d.request(t, application)
		}
		for range 5 { // the block refuses: nothing of all is gone
			refused(t, d, of("+12025550177"))
		}
		for i := range 2 {
			d.request(t, of(phone.Number(fmt.Sprintf("+1202555%d150", i+1))))
		}
		refused(t, d, of("+12025559150"))
	})
	t.Run("SecondContactAndEmailOfOthers", func(t *testing.T) {
		d := newDesk(t)
		d.now = time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)
		d.CodesPerPhonePerDay, d.CodesPerPhonePerHour = 2, 10
		bothered := 0
		for i := range 4 {
			app := of(phone.Number(fmt.Sprintf("+1202555%d150", i)))
			app.Second, app.Email = "+13125550177", "dana@example.org"
			p := d.request(t, app)
			before := len(d.sent) + len(d.mail.to)
			if _, err := d.Confirm(ctx, p.ID, d.lastCode(t)); err != nil {
				t.Fatal(err)
			}
			bothered += len(d.sent) + len(d.mail.to) - before
		}
		if bothered != 4 { // two texts and two mails, of four that were asked for of each
			t.Errorf("%d codes went to contacts who did not ask", bothered)
		}
	})
}

func TestTextCountries(t *testing.T) {
	ctx := context.Background()
	abroad := func(t *testing.T, err error, field string) {
		t.Helper()
		var invalid *InvalidError
		if !errors.As(err, &invalid) || *invalid != (InvalidError{field, ProblemAbroad}) {
			t.Errorf("got %v", err)
		}
	}
	d := newDesk(t)
	d.CodesPerPhonePerHour = 20
	d.TextCountries = []string{"US", "PR"}
	home := application
	home.Phone = "+17875550143"
	made := d.subscribe(t, home)
	for name, n := range map[string]phone.Number{"ErrMexico": "+525512345678", "ErrJamaica": "+18765550143", "ErrCanada": "+14165550143"} {
		t.Run(name, func(t *testing.T) {
			app, sent := application, len(d.sent)
			app.Phone = n
			_, err := d.Request(ctx, app, "")
			abroad(t, err, "phone")
			app.Phone, app.Second = application.Phone, n
			_, err = d.Request(ctx, app, "")
			abroad(t, err, "second_phone")
			_, err = d.Change(ctx, made.Subscription.ID, made.ManageToken, Changes{Second: &n})
			abroad(t, err, "second_phone")
			if len(d.sent) != sent {
				t.Error("a text was sent")
			}
		})
	}
	t.Run("ErrNobodySaysWhatCountry", func(t *testing.T) {
		s := &Store{TextCountries: []string{"US"}}
		if s.Texts(application.Phone) {
			t.Error("a phone of an unknown country may be texted")
		}
		if s.TextCountries = nil; !s.Texts(application.Phone) {
			t.Error("no phone may be texted where all countries are")
		}
	})
	t.Run("WhoeverWasConfirmedBeforeIsTexted", func(t *testing.T) {
		d.TextCountries = []string{"US"}
		sent := len(d.sent)
		if _, err := d.RequestVisit(ctx, home.Phone, "", ""); err != nil || len(d.sent) != sent+1 {
			t.Errorf("%v, %d texts", err, len(d.sent)-sent)
		}
	})
}

// TestCodesSayHowToStop keeps the texts that people may get without having asked at two parts, and with the word that ends them.
func TestCodesSayHowToStop(t *testing.T) {
	for _, l := range i18n.Languages() {
		for _, id := range []string{"sms_code", "sms_code_second"} {
			text := sms.Write(l, l.Text(id, map[string]any{"Agency": "Twenty letters agency", "Code": "000000"}))
			if parts, _ := sms.Parts(text); parts > sms.MaxParts {
				t.Errorf("%s in %s: %d parts", id, l, parts)
			}
			if !strings.Contains(text, "STOP") {
				t.Errorf("%s in %s does not say how to stop: %s", id, l, text)
			}
		}
	}
}
