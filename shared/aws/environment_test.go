package aws

import (
	"strings"
	"testing"
	"time"
)

func TestVariables(t *testing.T) {
	read := func(pairs map[string]string) *Variables {
		return &Variables{lookup: func(name string) (string, bool) { value, ok := pairs[name]; return value, ok }}
	}
	t.Run("OK", func(t *testing.T) {
		env := read(map[string]string{"A": "text", "N": "12", "D": "2", "Z": "America/Chicago", "C": "tea"})
		if env.Text("A") != "text" || env.Int("N") != 12 || env.Days("D") != 48*time.Hour || env.Zone("Z").String() != "America/Chicago" {
			t.Error("a value was read wrongly")
		}
		if env.Optional("A") != "text" || env.Optional("NONE") != "" || env.Choice("C", "coffee", "tea") != "tea" || env.Choice("NONE", "coffee", "tea") != "coffee" {
			t.Error("an optional value was read wrongly")
		}
		if err := env.Err(); err != nil {
			t.Error(err)
		}
	})
	t.Run("ErrNamesEverythingWrongButNoValue", func(t *testing.T) {
		env := read(map[string]string{"N": "hunter2", "Z": "Mars/Olympus", "C": "hunter3"})
		env.Text("MISSING")
		env.Int("N")
		env.Zone("Z")
		env.Choice("C", "coffee", "tea")
		err := env.Err()
		if err == nil {
			t.Fatal("no error")
		}
		for _, name := range []string{"MISSING", "N ", "Z ", "C "} {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%q does not name %s", err, name)
			}
		}
		if strings.Contains(err.Error(), "hunter") || strings.Contains(err.Error(), "Mars") {
			t.Errorf("%q gives a value away", err)
		}
	})
}
