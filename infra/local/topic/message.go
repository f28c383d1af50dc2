package topic

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"voice.example/infra/local/queue"
)

// maxBytes bounds one message with its attributes, and a batch of them together.
const maxBytes = 256 << 10

// message is one publication.
type message struct {
	id         string
	body       string
	subject    string
	structured map[string]string // MessageStructure=json: the body for each protocol
	attributes map[string]queue.Attribute
}

// bodyFor is what a protocol's subscribers get.
func (m message) bodyFor(protocol string) string {
	if m.structured == nil {
		return m.body
	}
	if body, ok := m.structured[protocol]; ok {
		return body
	}
	return m.structured["default"]
}

func (m message) size() int {
	n := len(m.body)
	for name, a := range m.attributes {
		n += len(name) + len(a.DataType) + len(a.StringValue) + len(a.BinaryValue)
	}
	return n
}

// check refuses what SNS refuses of a message, whoever it is for.
func (m *message) check(structure string) error {
	switch {
	case m.body == "":
		return invalid("Message", "Empty message")
	case !utf8.ValidString(m.body):
		return invalid("Message", "Not UTF-8")
	case m.size() > maxBytes:
		return invalid("Message", "Message too long")
	case len(m.subject) > 100:
		return invalid("Subject", "Longer than 100 characters")
	}
	for _, name := range slices.Sorted(maps.Keys(m.attributes)) {
		if err := checkAttribute(name, m.attributes[name]); err != nil {
			return err
		}
	}
	switch structure {
	case "":
	case "json":
		var raw map[string]any
		if err := json.Unmarshal([]byte(m.body), &raw); err != nil {
			return invalid("Message Structure", "JSON message body failed to parse")
		}
		m.structured = map[string]string{}
		for protocol, body := range raw {
			if text, ok := body.(string); ok {
				m.structured[protocol] = text
			}
		}
		if _, ok := m.structured["default"]; !ok {
			return invalid("Message Structure", "No default entry in JSON message body")
		}
	default:
		return invalid("MessageStructure", "It is json or nothing")
	}
	return nil
}

func checkAttribute(name string, a queue.Attribute) error {
	kind, _, _ := strings.Cut(a.DataType, ".")
	switch {
	case name == "" || len(name) > 256:
		return &failure{"ParameterValueInvalid", 400, "A message attribute's name has between 1 and 256 characters."}
	case kind == "Binary" && len(a.BinaryValue) > 0:
	case kind == "Number" && number(a.StringValue) != "":
	case kind == "String" && a.StringValue != "":
		if a.DataType == "String.Array" && !isArray(a.StringValue) {
			return &failure{"ParameterValueInvalid", 400, fmt.Sprintf("The message attribute '%s' is not a JSON array.", name)}
		}
	default:
		return &failure{"ParameterValueInvalid", 400,
			fmt.Sprintf("The message attribute '%s' has no value that fits its type '%s'.", name, a.DataType)}
	}
	return nil
}

func isArray(text string) bool {
	var list []any
	return json.Unmarshal([]byte(text), &list) == nil
}

// number gives the text if it is a number in JSON's sense, "" otherwise.
func number(text string) json.Number {
	var n json.Number
	if json.Unmarshal([]byte(text), &n) != nil || strings.HasPrefix(text, `"`) {
		return ""
	}
	return n
}

// wanted says whether a subscription's filter lets the message through.
func (s *subscription) wanted(m message) bool {
	switch {
	case s.filter == nil:
		return true
	case s.onBody:
		return s.filter.MatchBody([]byte(m.bodyFor("sqs")))
	}
	values := map[string][]any{}
	for name, a := range m.attributes {
		values[name] = filterValues(a)
	}
	return s.filter.MatchValues(values)
}

// filterValues gives what a filter compares of an attribute. A binary one can only be asked for by exists.
func filterValues(a queue.Attribute) []any {
	switch {
	case a.DataType == "String.Array":
		d := json.NewDecoder(bytes.NewReader([]byte(a.StringValue)))
		d.UseNumber()
		var list []any
		if d.Decode(&list) == nil {
			return list
		}
		return nil
	case strings.HasPrefix(a.DataType, "Number"):
		return []any{number(a.StringValue)}
	case strings.HasPrefix(a.DataType, "Binary"):
		return []any{map[string]any{}}
	}
	return []any{a.StringValue}
}

// envelope is what a subscriber gets that has not asked for the raw message.
type envelope struct {
	Type              string                       `json:"Type"`
	MessageID         string                       `json:"MessageId"`
	TopicARN          string                       `json:"TopicArn"`
	Subject           string                       `json:"Subject,omitempty"`
	Message           string                       `json:"Message"`
	Timestamp         string                       `json:"Timestamp"`
	SignatureVersion  string                       `json:"SignatureVersion"`
	Signature         string                       `json:"Signature"`
	SigningCertURL    string                       `json:"SigningCertURL"`
	UnsubscribeURL    string                       `json:"UnsubscribeURL"`
	MessageAttributes map[string]envelopeAttribute `json:"MessageAttributes,omitempty"`
}

type envelopeAttribute struct {
	Type  string `json:"Type"`
	Value string `json:"Value"`
}

// outgoing makes the queue message for one subscription.
func (s *Service) outgoing(t *topic, sub *subscription, m message) (queue.Outgoing, error) {
	body := m.bodyFor("sqs")
	if sub.RawMessageDelivery {
		return queue.Outgoing{Body: body, Attributes: m.attributes}, nil
	}
	e := envelope{
		Type: "Notification", MessageID: m.id, TopicARN: t.ARN, Subject: m.subject, Message: body,
		Timestamp: s.config.Now().UTC().Format("2006-01-02T15:04:05.000Z"), SignatureVersion: "1",
		Signature:      "local messages are not signed",
		SigningCertURL: "https://sns." + s.config.Region + ".amazonaws.com/local.pem",
		UnsubscribeURL: "https://sns." + s.config.Region + ".amazonaws.com/?Action=Unsubscribe&SubscriptionArn=" + sub.ARN,
	}
	for name, a := range m.attributes {
		if e.MessageAttributes == nil {
			e.MessageAttributes = map[string]envelopeAttribute{}
		}
		value := a.StringValue
		if strings.HasPrefix(a.DataType, "Binary") {
			value = base64.StdEncoding.EncodeToString(a.BinaryValue)
		}
		e.MessageAttributes[name] = envelopeAttribute{a.DataType, value}
	}
	text, err := json.Marshal(e)
	return queue.Outgoing{Body: string(text)}, err
}
