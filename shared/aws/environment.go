package aws

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // provided.al2023 has no zone files
)

// Variables reads the environment of a function and remembers what was missing or malformed, so that one
// error names all of it.
type Variables struct {
	lookup func(string) (string, bool)
	errs   []error
}

// Environment reads the process's environment.
func Environment() *Variables { return &Variables{lookup: os.LookupEnv} }

// Text returns the variable's value, which must not be empty.
func (v *Variables) Text(name string) string {
	value, _ := v.lookup(name)
	if value == "" {
		v.errs = append(v.errs, fmt.Errorf("environment variable %s is not set", name))
	}
	return value
}

// Optional returns the variable's value, or nothing when it is not set.
func (v *Variables) Optional(name string) string {
	value, _ := v.lookup(name)
	return value
}

// Choice returns the variable's value, which must be one of those given. When it is not set, the first holds.
func (v *Variables) Choice(name string, values ...string) string {
	value := v.Optional(name)
	if value == "" {
		return values[0]
	}
	if !slices.Contains(values, value) {
		v.errs = append(v.errs, fmt.Errorf("environment variable %s is none of %v", name, values))
		return values[0]
	}
	return value
}

// Int returns the variable as a whole number above zero.
func (v *Variables) Int(name string) int {
	text := v.Text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		v.errs = append(v.errs, fmt.Errorf("environment variable %s is not a whole number above zero", name))
	}
	return n
}

// Days returns the variable, a whole number of days, as a duration of 24-hour days.
func (v *Variables) Days(name string) time.Duration {
	return time.Duration(v.Int(name)) * 24 * time.Hour
}

// Zone returns the variable as a time zone of the IANA database, for example America/Chicago.
func (v *Variables) Zone(name string) *time.Location {
	text := v.Text(name)
	if text == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(text)
	if err != nil {
		v.errs = append(v.errs, fmt.Errorf("environment variable %s names no time zone", name))
		return time.UTC
	}
	return zone
}

// Err is nil when everything asked for was there and well formed. It names variables, never their values.
func (v *Variables) Err() error { return errors.Join(v.errs...) }
