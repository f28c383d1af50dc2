package queue

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// senderID stands for the AWS identity that sent a message.
const senderID = "AIDALOCALRUNNER000000"

// record is one message as a function sees it.
type record struct {
	MessageID              string                     `json:"messageId"`
	ReceiptHandle          string                     `json:"receiptHandle"`
	Body                   string                     `json:"body"`
	Attributes             map[string]string          `json:"attributes"`
	MessageAttributes      map[string]recordAttribute `json:"messageAttributes"`
	MD5OfBody              string                     `json:"md5OfBody"`
	MD5OfMessageAttributes string                     `json:"md5OfMessageAttributes,omitempty"`
	EventSource            string                     `json:"eventSource"`
	EventSourceARN         string                     `json:"eventSourceARN"`
	AWSRegion              string                     `json:"awsRegion"`
}

// recordAttribute is a message attribute as a function sees it.
type recordAttribute struct {
	StringValue      *string  `json:"stringValue,omitempty"`
	BinaryValue      []byte   `json:"binaryValue,omitempty"`
	StringListValues []string `json:"stringListValues"`
	BinaryListValues [][]byte `json:"binaryListValues"`
	DataType         string   `json:"dataType"`
}

// event makes the payload of an invocation.
func event(arn, region string, batch []Message) ([]byte, error) {
	records := make([]record, len(batch))
	for i, m := range batch {
		r := record{
			MessageID: m.ID, ReceiptHandle: m.ReceiptHandle, Body: m.Body,
			Attributes:        systemAttributes(m),
			MessageAttributes: map[string]recordAttribute{},
			MD5OfBody:         md5Hex([]byte(m.Body)), MD5OfMessageAttributes: md5OfAttributes(m.Attributes),
			EventSource: "aws:sqs", EventSourceARN: arn, AWSRegion: region,
		}
		for name, a := range m.Attributes {
			out := recordAttribute{DataType: a.DataType, StringListValues: []string{}, BinaryListValues: [][]byte{}}
			if isBinary(a) {
				out.BinaryValue = a.BinaryValue
			} else {
				out.StringValue = &a.StringValue
			}
			r.MessageAttributes[name] = out
		}
		records[i] = r
	}
	return json.Marshal(map[string]any{"Records": records})
}

// Event is the payload of an invocation with messages of the queue arn, for tests that are the event source themselves.
func Event(arn, region string, messages []Message) ([]byte, error) {
	return event(arn, region, messages)
}

// systemAttributes are what the service itself says of a message.
func systemAttributes(m Message) map[string]string {
	a := map[string]string{
		"ApproximateReceiveCount":          strconv.Itoa(m.ReceiveCount),
		"ApproximateFirstReceiveTimestamp": millis(m.FirstReceived),
		"SentTimestamp":                    millis(m.Sent),
		"SenderId":                         senderID,
	}
	if m.DeadLetterOf != "" {
		a["DeadLetterQueueSourceArn"] = m.DeadLetterOf
	}
	return a
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func isBinary(a Attribute) bool { return strings.HasPrefix(a.DataType, "Binary") }

func md5Hex(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// md5OfAttributes is the digest that SDKs check: names in order, each followed by its type and value,
// every part with its length before it. It is empty without attributes.
func md5OfAttributes(attributes map[string]Attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	var b []byte
	part := func(p []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		part([]byte(name))
		part([]byte(a.DataType))
		if isBinary(a) {
			b = append(b, 2)
			part(a.BinaryValue)
		} else {
			b = append(b, 1)
			part([]byte(a.StringValue))
		}
	}
	return md5Hex(b)
}
