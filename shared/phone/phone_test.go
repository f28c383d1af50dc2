package phone_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"voice.example/shared/phone"
)

func TestNumber(t *testing.T) {
	number := phone.Number("+12025550143")
	person := struct{ Phone phone.Number }{number}

	t.Run("NoVerbPrintsDigits", func(t *testing.T) {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %10s") {
			for _, value := range []any{number, &number, person, []phone.Number{number}} {
				if text := fmt.Sprintf(verb, value); strings.Contains(text, "555") {
					t.Errorf("%s prints %s", verb, text)
				}
			}
		}
		if text := fmt.Sprint(number); text != "phone ending in 43" {
			t.Errorf("got %q", text)
		}
	})
	t.Run("NoLogHoldsDigits", func(t *testing.T) {
		var out bytes.Buffer
		for _, log := range []*slog.Logger{slog.New(slog.NewJSONHandler(&out, nil)), slog.New(slog.NewTextHandler(&out, nil))} {
			log.Info("asked", "phone", number, "person", person, "all", []phone.Number{number})
		}
		if strings.Contains(out.String(), "555") || !strings.Contains(out.String(), "phone ending in 43") {
			t.Errorf("logged %s", out.String())
		}
	})
	t.Run("ErrJSON", func(t *testing.T) {
		if text, err := json.Marshal(person); err == nil {
			t.Errorf("wrote %s", text)
		}
	})
	t.Run("MaskedOfNothing", func(t *testing.T) {
		if got := phone.Number("").Masked(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestBlock(t *testing.T) {
	if got := phone.Number("+12025550143").Block(); got != "+12025550" {
		t.Errorf("got %q", got)
	}
	if got := phone.Number("").Block(); got != "" {
		t.Errorf("got %q", got)
	}
}
