package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Route is one route of the HTTP API.
type Route struct {
	Event  string // the name the template gives it
	Method string // a method in capitals, or ANY
	Path   string // such as /v1/things/{id} or /{proxy+}; "$default" takes whatever no route takes
	// Timeout is how long the gateway waits for the function.
	Timeout time.Duration
	// Throttle is how many requests the route takes: by the API's own settings for it, else by those for all.
	Throttle Throttle
}

// Throttle is how many requests a route takes: Rate a second in the long run, Burst at once. The zero value takes all.
type Throttle struct {
	Rate  float64
	Burst int
}

// Key is what AWS calls the route: "GET /v1/things/{id}".
func (r Route) Key() string {
	if r.Path == "$default" {
		return r.Path
	}
	return r.Method + " " + r.Path
}

// gatewayTimeout is the longest, and the ordinary, time that an HTTP API waits.
const gatewayTimeout = 30 * time.Second

type event struct {
	Type       string
	Properties json.RawMessage
}

// addEvents adds what calls the function, in the order of the events' names. A setting that is not
// known here is an error: leaving it out would make the machine behave differently from AWS.
func (t *Template) addEvents(r *resource, f *Function, events map[string]event) error {
	for _, name := range slices.Sorted(maps.Keys(events)) {
		var err error
		switch e := events[name]; e.Type {
		case "HttpApi":
			err = t.addRoute(f, name, e.Properties)
		case "DynamoDB":
			err = t.addStream(f, name, e.Properties)
		case "SQS":
			err = t.addQueue(f, name, e.Properties)
		case "Schedule", "ScheduleV2":
			err = addSchedule(f, name, e)
		case "CloudWatchLogs":
			err = addLog(f, name, e.Properties)
		default:
			err = fmt.Errorf("the local runner does not know events of type %s", e.Type)
		}
		if err != nil {
			return fmt.Errorf("line %d: %s, event %s: %w", r.line, r.id, name, err)
		}
	}
	return nil
}

// strict decodes and refuses settings that the struct does not have.
func strict(data json.RawMessage, into any) error {
	if len(data) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s, which the local runner does not know", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func (t *Template) addRoute(f *Function, name string, data json.RawMessage) error {
	var p struct {
		ApiId, Method, Path  string
		PayloadFormatVersion string
		TimeoutInMillis      number
	}
	if err := strict(data, &p); err != nil {
		return err
	}
	if p.PayloadFormatVersion != "" && p.PayloadFormatVersion != "2.0" {
		return fmt.Errorf("the local runner speaks payload format 2.0, not %s", p.PayloadFormatVersion)
	}
	route := Route{Event: name, Method: strings.ToUpper(p.Method), Path: p.Path, Timeout: gatewayTimeout}
	if route.Path == "" {
		route.Path = "$default"
	}
	if route.Method == "" || route.Method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		route.Method = "ANY"
	}
	if p.TimeoutInMillis != 0 {
		route.Timeout = min(gatewayTimeout, time.Duration(p.TimeoutInMillis)*time.Millisecond)
	}
	var err error
	if route.Throttle, err = t.throttle(route.Key()); err != nil {
		return err
	}
	f.Routes = append(f.Routes, route)
	return nil
}

// throttle is how many requests a route takes.
func (t *Template) throttle(key string) (Throttle, error) {
	apis, err := t.ofKind(kindHTTPAPI)
	if err != nil || len(apis) == 0 {
		return Throttle{}, err
	}
	type settings struct {
		ThrottlingRateLimit  float64
		ThrottlingBurstLimit int
	}
	var p struct {
		DefaultRouteSettings settings
		RouteSettings        map[string]settings
	}
	if err := t.decode(apis[0], &p); err != nil {
		return Throttle{}, err
	}
	s, own := p.RouteSettings[key]
	if !own {
		s = p.DefaultRouteSettings
	}
	return Throttle{Rate: s.ThrottlingRateLimit, Burst: s.ThrottlingBurstLimit}, nil
}

// Schedule calls a function again and again.
type Schedule struct {
	Event string
	Every time.Duration
	// Input is what the function is called with; nil means the event that EventBridge makes itself.
	Input json.RawMessage
}

func addSchedule(f *Function, name string, e event) error {
	var p struct {
		Schedule, ScheduleExpression string
		Name, Description, State     string
		Input                        string
		Enabled                      *flag
		RetryPolicy, FlexibleTimeWindow,
		DeadLetterConfig json.RawMessage // what matters only when AWS itself fails
	}
	if err := strict(e.Properties, &p); err != nil {
		return err
	}
	if p.State == "DISABLED" || p.Enabled != nil && !bool(*p.Enabled) {
		return nil
	}
	every, err := rate(p.Schedule + p.ScheduleExpression)
	if err != nil {
		return err
	}
	s := Schedule{Event: name, Every: every}
	if p.Input != "" {
		if !json.Valid([]byte(p.Input)) {
			return errors.New("the property Input is not JSON")
		}
		s.Input = json.RawMessage(p.Input)
	}
	f.Schedules = append(f.Schedules, s)
	return nil
}

// rate reads "rate(5 minutes)".
func rate(expression string) (time.Duration, error) {
	var n int
	var unit string
	inner := strings.TrimSuffix(strings.TrimPrefix(expression, "rate("), ")")
	if _, err := fmt.Sscanf(inner, "%d %s", &n, &unit); err != nil || n < 1 || !strings.HasPrefix(expression, "rate(") {
		return 0, fmt.Errorf("the local runner knows schedules such as rate(5 minutes), not %q", expression)
	}
	switch strings.TrimSuffix(unit, "s") {
	case "minute":
		return time.Duration(n) * time.Minute, nil
	case "hour":
		return time.Duration(n) * time.Hour, nil
	case "day":
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return 0, fmt.Errorf("%q is neither minutes, hours nor days", unit)
}
