package partial

import (
	"errors"
	"slices"
	"testing"
)

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		response string
		want     []string
		bad      bool
	}{
		"NoAnswer":           {response: ""},
		"Null":               {response: "null"},
		"EmptyObject":        {response: "{}"},
		"NullList":           {response: `{"batchItemFailures":null}`},
		"EmptyList":          {response: `{"batchItemFailures":[]}`},
		"Some":               {response: `{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"a"}]}`, want: []string{"b", "a"}},
		"NotJSON":            {response: `oops`, bad: true},
		"NotAnObject":        {response: `"done"`, bad: true},
		"EmptyIdentifier":    {response: `{"batchItemFailures":[{"itemIdentifier":""}]}`, bad: true},
		"NullIdentifier":     {response: `{"batchItemFailures":[{"itemIdentifier":null}]}`, bad: true},
		"OtherKey":           {response: `{"batchItemFailures":[{"ItemIdentifier":"a"}]}`, bad: true},
		"ListOfWrongThings":  {response: `{"batchItemFailures":["a"]}`, bad: true},
		"IdentifierIsNumber": {response: `{"batchItemFailures":[{"itemIdentifier":7}]}`, bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Failures([]byte(c.response))
			if c.bad != errors.Is(err, ErrMalformed) || (err != nil) != c.bad {
				t.Fatalf("error %v, want malformed: %v", err, c.bad)
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}
