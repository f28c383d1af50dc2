package main

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// record is one change of an item, as much of it as is counted by.
type record struct {
	ID     string `json:"eventID"`
	Stream string `json:"eventSourceARN"`
	Change struct {
		Sequence string          `json:"SequenceNumber"`
		At       float64         `json:"ApproximateCreationDateTime"` // Unix seconds
		Keys     json.RawMessage `json:"Keys"`
		OldImage json.RawMessage `json:"OldImage"`
		NewImage json.RawMessage `json:"NewImage"`
	} `json:"dynamodb"`

	keys keys
	err  error // why it cannot be read, if it cannot
}

// keys are those of either table.
type keys struct {
	AlertID attribute `json:"alert_id"`
}

// attribute is a value of an image. Attributes that are not asked for are not decoded, so whatever they are is no matter.
type attribute struct {
	S    string `json:"S"`
	N    string `json:"N"`
	BOOL bool   `json:"BOOL"`
}

// number is a whole number that is not negative; 0 for anything else.
func (a attribute) number() int64 {
	n, err := strconv.ParseInt(a.N, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// What is wrong with a record that cannot be read. They never say more, which could repeat what an image says.
var (
	errNotRecord = errors.New("not a record of a stream")
	errOldImage  = errors.New("the old image cannot be read")
	errNewImage  = errors.New("the new image cannot be read")
)

// read reads a record of a stream, and what is wrong with it.
func read(raw json.RawMessage) (r record) {
	if json.Unmarshal(raw, &r) != nil || r.ID == "" || r.Change.Sequence == "" || json.Unmarshal(r.Change.Keys, &r.keys) != nil {
		r.err = errNotRecord
	}
	return r
}

// images decodes both images of a record; there is none where the item was not there.
func images[T any](r record) (old, new *T, err error) {
	if r.err != nil {
		return nil, nil, r.err
	}
	if old, err = image[T](r.Change.OldImage); err != nil {
		return nil, nil, errOldImage
	}
	if new, err = image[T](r.Change.NewImage); err != nil {
		return nil, nil, errNewImage
	}
	return old, new, nil
}

func image[T any](raw json.RawMessage) (*T, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	is := new(T)
	return is, json.Unmarshal(raw, is)
}

// at is when the change was made, to the second.
func (r record) at() time.Time { return time.Unix(int64(r.Change.At), 0) }

// batchID names a batch by where it begins and ends.
func batchID(records []record) string {
	first, last := records[0].Change, records[len(records)-1].Change
	return "alerts " + first.Sequence + " " + last.Sequence + " " + strconv.Itoa(len(records))
}
