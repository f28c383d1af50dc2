package stream

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// item is one record of the stream on its way through the mapping.
type item struct {
	sequence string
	created  time.Time
	json     json.RawMessage // the record as functions see it
	done     bool            // guarded by progress
}

// recordJSON is a record as Lambda writes it.
type recordJSON struct {
	EventID        string        `json:"eventID"`
	EventName      string        `json:"eventName"`
	EventVersion   string        `json:"eventVersion"`
	EventSource    string        `json:"eventSource"`
	AWSRegion      string        `json:"awsRegion"`
	DynamoDB       changeJSON    `json:"dynamodb"`
	UserIdentity   *identityJSON `json:"userIdentity,omitempty"`
	EventSourceARN string        `json:"eventSourceARN"`
}

type changeJSON struct {
	ApproximateCreationDateTime int64          `json:"ApproximateCreationDateTime"` // epoch seconds
	Keys                        map[string]any `json:"Keys"`
	NewImage                    map[string]any `json:"NewImage,omitempty"`
	OldImage                    map[string]any `json:"OldImage,omitempty"`
	SequenceNumber              string         `json:"SequenceNumber"`
	SizeBytes                   int64          `json:"SizeBytes"`
	StreamViewType              string         `json:"StreamViewType"`
}

// identityJSON says who deleted an item, when that was the service itself (time to live).
type identityJSON struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
}

// newItem reads a record. An emulator's own region and short event ids are told as AWS would.
func newItem(r types.Record, arn, region string) (*item, error) {
	if r.Dynamodb == nil {
		return &item{}, fmt.Errorf("the record %s has no change", aws.ToString(r.EventID))
	}
	d := r.Dynamodb
	it := &item{sequence: aws.ToString(d.SequenceNumber), created: aws.ToTime(d.ApproximateCreationDateTime)}
	id := md5.Sum([]byte(arn + " " + it.sequence))
	out := recordJSON{
		EventID: hex.EncodeToString(id[:]), EventName: string(r.EventName), EventVersion: "1.1",
		EventSource: "aws:dynamodb", AWSRegion: region, EventSourceARN: inRegion(arn, region),
		DynamoDB: changeJSON{
			ApproximateCreationDateTime: it.created.Unix(),
			Keys:                        plainMap(d.Keys), NewImage: plainMap(d.NewImage), OldImage: plainMap(d.OldImage),
			SequenceNumber: it.sequence, SizeBytes: aws.ToInt64(d.SizeBytes), StreamViewType: string(d.StreamViewType),
		},
	}
	if r.UserIdentity != nil {
		out.UserIdentity = &identityJSON{aws.ToString(r.UserIdentity.Type), aws.ToString(r.UserIdentity.PrincipalId)}
	}
	var err error
	it.json, err = json.Marshal(out)
	return it, err
}

// JSON is a record of the stream arn as functions see it, for tests that are the event source themselves.
func JSON(r types.Record, arn, region string) (json.RawMessage, error) {
	it, err := newItem(r, arn, region)
	return it.json, err
}

// inRegion puts the region into an ARN in place of the one that an emulator made up.
func inRegion(arn, region string) string {
	parts := strings.SplitN(arn, ":", 5)
	if len(parts) < 5 {
		return arn
	}
	parts[3] = region
	return strings.Join(parts, ":")
}

// plain turns an attribute value into what its JSON form is made of.
func plain(v types.AttributeValue) any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberB:
		return map[string]any{"B": orEmpty(v.Value)}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": v.Value}
	case *types.AttributeValueMemberSS:
		return map[string]any{"SS": v.Value}
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": v.Value}
	case *types.AttributeValueMemberBS:
		return map[string]any{"BS": v.Value}
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, one := range v.Value {
			list[i] = plain(one)
		}
		return map[string]any{"L": list}
	case *types.AttributeValueMemberM:
		inner := plainMap(v.Value)
		if inner == nil {
			inner = map[string]any{}
		}
		return map[string]any{"M": inner}
	}
	return nil
}

// orEmpty keeps an empty binary value from becoming null.
func orEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// plainMap is plain for the attributes of an item; nil stays nil.
func plainMap(values map[string]types.AttributeValue) map[string]any {
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]any, len(values))
	for name, v := range values {
		out[name] = plain(v)
	}
	return out
}

// eventOf makes the payload of an invocation.
func eventOf(batch []*item) []byte {
	var b bytes.Buffer
	b.WriteString(`{"Records":[`)
	for i, it := range batch {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(it.json)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}
