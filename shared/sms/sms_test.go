package sms

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"voice.example/shared/i18n"
	"voice.example/shared/phone"
)

func TestParts(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		parts    int
		encoding Encoding
	}{
		"Empty":                    {"", 1, GSM7},
		"160GSM":                   {strings.Repeat("a", 160), 1, GSM7},
		"161GSM":                   {strings.Repeat("a", 161), 2, GSM7},
		"306GSM":                   {strings.Repeat("a", 306), 2, GSM7},
		"307GSM":                   {strings.Repeat("a", 307), 3, GSM7},
		"ExtendedTakesTwo":         {strings.Repeat("€", 80), 1, GSM7},
		"ExtendedIsNotSplit":       {strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3, GSM7},
		"OneAccentMakesItUCS2":     {"á" + strings.Repeat("a", 69), 1, UCS2},
		"71UCS2":                   {strings.Repeat("á", 71), 2, UCS2},
		"134UCS2":                  {strings.Repeat("á", 134), 2, UCS2},
		"135UCS2":                  {strings.Repeat("á", 135), 3, UCS2},
		"EmojiTakesTwoAndIsNotCut": {strings.Repeat("😀", 67), 3, UCS2},
	} {
		t.Run(name, func(t *testing.T) {
			if parts, encoding := Parts(c.text); parts != c.parts || encoding != c.encoding {
				t.Errorf("got %d %s, want %d %s", parts, encoding, c.parts, c.encoding)
			}
		})
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Está en custodia, señor Núñez": "Esta en custodia, señor Nuñez", "“Ok” – l’été…": `"Ok" - l'été...`,
		"拘留中": "拘留中", "plain": "plain", "Łódź": "Lodz",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := Fold(text)
		if again := Fold(once); again != once {
			t.Fatalf("folding twice: %q then %q", once, again)
		}
	})
}

func TestWrite(t *testing.T) {
	long := strings.Repeat("được thả ngày ", 10)
	for name, c := range map[string]struct {
		language   i18n.Language
		text, want string
	}{
		"SpanishIsFolded":            {i18n.Spanish, "está", "esta"},
		"FrenchIsFolded":             {i18n.French, "peut-être à Évian, reçu", "peut-etre à Évian, recu"},
		"VietnameseKeepsItsMarks":    {i18n.Vietnamese, "được thả", "được thả"},
		"VietnameseIsComposed":       {i18n.Vietnamese, norm.NFD.String("được thả"), "được thả"},
		"LongVietnameseHasNoMark":    {i18n.Vietnamese, long, strings.Repeat("duoc tha ngay ", 10)},
		"Chinese":                    {i18n.Chinese, "拘留中", "拘留中"},
		"ChineseWithALatinCodeWord":  {i18n.Chinese, "VOICE (Ñandú)：拘留中", "VOICE (Ñandú)：拘留中"},
		"UnknownLanguageIsFoldedToo": {"tlh", "está", "esta"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Write(c.language, c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The endpoint is a real HTTP server that answers in SNS's words; what is tested is what we make of them.
func TestSend(t *testing.T) {
	var calls int
	answer := func(t *testing.T, status int, body string) *SNS {
		calls = 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		t.Cleanup(server.Close)
		return newSNS(server.URL)
	}
	const number = phone.Number("+12025550143")
	t.Run("OK", func(t *testing.T) {
		sender := answer(t, 200, `<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>`)
		if id, err := sender.Send(context.Background(), number, "hello"); err != nil || id != "m-1" {
			t.Errorf("got %q, %v", id, err)
		}
	})
	for name, c := range map[string]struct {
		status int
		code   string
		want   Outcome
	}{
		"ErrInvalidNumber": {400, "InvalidParameter", Permanent}, "ErrOptedOut": {400, "OptedOut", OptedOut},
		"ErrThrottled": {400, "Throttled", Retryable}, "ErrOurPolicy": {403, "AuthorizationError", Retryable},
		"ErrInternal": {500, "InternalError", Unknown}, "ErrNeverHeardOf": {400, "Surprise", Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			sender := answer(t, c.status, "<ErrorResponse><Error><Code>"+c.code+"</Code><Message>no: +12025550143</Message></Error></ErrorResponse>")
			_, err := sender.Send(context.Background(), number, "hello")
			var failed *Error
			if !errors.As(err, &failed) || failed.Outcome != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if calls != 1 {
				t.Errorf("sent %d times", calls)
			}
			if strings.Contains(err.Error(), "5550143") {
				t.Errorf("%q tells the phone", err)
			}
		})
	}
	t.Run("ErrNobodyThereIsRetryable", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		url := "http://" + listener.Addr().String()
		listener.Close()
		var failed *Error
		if _, err := newSNS(url).Send(context.Background(), number, "x"); !errors.As(err, &failed) || failed.Outcome != Retryable {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrCutOffIsUnknown", func(t *testing.T) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
		defer server.Close()
		var failed *Error
		if _, err := newSNS(server.URL).Send(context.Background(), number, "x"); !errors.As(err, &failed) || failed.Outcome != Unknown {
			t.Errorf("got %v", err)
		}
	})
}

func newSNS(url string) *SNS {
	return NewSNS(aws.Config{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")})
}
