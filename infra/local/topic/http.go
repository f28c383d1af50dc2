package topic

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
)

const (
	namespace  = "http://sns.amazonaws.com/doc/2010-03-31/"
	maxRequest = 4 << 20 // 256 KiB, percent-encoded, and the rest of the request
)

// batchID is the form of a batch entry's Id.
var batchID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// failure is an error as the protocol tells it.
type failure struct {
	code    string
	status  int
	message string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func invalid(parameter, reason string) error {
	return &failure{"InvalidParameter", 400, "Invalid parameter: " + parameter + " Reason: " + reason}
}

// asFailure turns any error into the one the caller sees; of an unknown one nothing is told.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return &failure{"InternalError", 500, "The message could not be accepted."}
}

// ServeHTTP answers the SNS Query protocol.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := newID()
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("x-amzn-RequestId", id)
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if err := r.ParseForm(); err != nil {
		s.fail(w, id, &failure{"MalformedQueryString", 400, "The request is not a form."})
		return
	}
	f := form{r.Form}
	action := f.get("Action")
	result, err := s.do(r.Context(), action, f)
	if err != nil {
		s.fail(w, id, err)
		return
	}
	s.write(w, action, result, id)
}

// do runs one action and gives what its result element holds.
func (s *Service) do(ctx context.Context, action string, f form) (any, error) {
	switch action {
	case "Publish":
		return s.publish(ctx, f)
	case "PublishBatch":
		return s.publishBatch(ctx, f)
	case "ListTopics":
		var out struct {
			Topics []topicRow `xml:"Topics>member"`
		}
		for _, arn := range s.order {
			out.Topics = append(out.Topics, topicRow{arn})
		}
		return out, nil
	case "CheckIfPhoneNumberIsOptedOut":
		is, err := s.config.Phone.CheckOptedOut(f.get("phoneNumber"))
		if errors.Is(err, phone.ErrInvalidNumber) {
			return nil, invalid("PhoneNumber", "it is not in E.164 format")
		}
		return struct {
			Is bool `xml:"isOptedOut"`
		}{is}, err
	case "OptInPhoneNumber":
		err := s.config.Phone.OptIn(f.get("phoneNumber"))
		if errors.Is(err, phone.ErrInvalidNumber) {
			return nil, invalid("PhoneNumber", "it is not in E.164 format")
		}
		return struct{}{}, err
	}
	return nil, &failure{"InvalidAction", 400, fmt.Sprintf("The local topics do not know the action %q. Topics and subscriptions come from the template.", action)}
}

type topicRow struct {
	TopicArn string
}

// write answers with ActionResponse, ActionResult in it.
func (s *Service) write(w http.ResponseWriter, action string, result any, id string) {
	e := xml.NewEncoder(w)
	outer := xml.StartElement{Name: xml.Name{Local: action + "Response"}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespace}}}
	err := errors.Join(
		e.EncodeToken(outer),
		e.EncodeElement(result, xml.StartElement{Name: xml.Name{Local: action + "Result"}}),
		e.EncodeElement(struct {
			RequestID string `xml:"RequestId"`
		}{id}, xml.StartElement{Name: xml.Name{Local: "ResponseMetadata"}}),
		e.EncodeToken(outer.End()), e.Close(),
	)
	if err != nil {
		s.config.Log.Debug("answer", "error", err) // the caller has gone
	}
}

func (s *Service) fail(w http.ResponseWriter, id string, err error) {
	f := asFailure(err)
	kind := "Sender"
	if f.status >= 500 {
		kind = "Receiver"
		s.config.Log.Error("publish", "error", err)
	}
	w.WriteHeader(f.status)
	xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"http://sns.amazonaws.com/doc/2010-03-31/ ErrorResponse"`
		Type    string   `xml:"Error>Type"`
		Code    string   `xml:"Error>Code"`
		Message string   `xml:"Error>Message"`
		ID      string   `xml:"RequestId"`
	}{Type: kind, Code: f.code, Message: f.message, ID: id})
}

// form is a request of the Query protocol: flat names with dots and positions.
type form struct{ values url.Values }

func (f form) get(name string) string { return f.values.Get(name) }

// list gives the prefixes ("Name.member.1.") of a list's elements in order. SDKs write lists as member
// and maps as entry; some older ones mix them up, so both are read.
func (f form) list(name string) []string {
	for _, word := range []string{"member", "entry"} {
		var prefixes []string
		for i := 1; ; i++ {
			prefix := name + "." + word + "." + strconv.Itoa(i) + "."
			if !f.has(prefix) {
				break
			}
			prefixes = append(prefixes, prefix)
		}
		if len(prefixes) > 0 {
			return prefixes
		}
	}
	return nil
}

func (f form) has(prefix string) bool {
	for name := range f.values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// message reads the message under a prefix and checks it. What could be read is given with an error too.
func (f form) message(prefix string) (message, error) {
	m := message{body: f.get(prefix + "Message"), subject: f.get(prefix + "Subject")}
	for _, p := range f.list(prefix + "MessageAttributes") {
		a := queue.Attribute{DataType: f.get(p + "Value.DataType"), StringValue: f.get(p + "Value.StringValue")}
		if text := f.get(p + "Value.BinaryValue"); text != "" {
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return m, invalid("MessageAttributes", "a binary value is not base64")
			}
			a.BinaryValue = raw
		}
		name := f.get(p + "Name")
		if name == "" {
			name = f.get(p + "Key")
		}
		if m.attributes == nil {
			m.attributes = map[string]queue.Attribute{}
		}
		m.attributes[name] = a
	}
	err := m.check(f.get(prefix + "MessageStructure")) // it also reads the structure into m
	return m, err
}
