package main

import (
	"encoding/json"
	"errors"
	"time"

	"voice.example/shared/custody"
)

// record is one change of a custody record.
type record struct {
	sequence string
	at       time.Time // when the change was made; zero if that is not known
	old, new *custody.Record
}

// aNumber is whose record it is.
func (r record) aNumber() custody.ANumber {
	switch {
	case r.new != nil:
		return r.new.ANumber
	case r.old != nil:
		return r.old.ANumber
	}
	return ""
}

// What is wrong with a record that cannot be read.
var (
	errNotRecord = errors.New("not a record of a stream")
	errOldImage  = errors.New("the old image is no custody record")
	errNewImage  = errors.New("the new image is no custody record")
)

// unreadable is what no further attempt can read.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// read reads a record of a stream. What cannot be read is an unreadable error; the sequence number is read if it is there.
func read(raw json.RawMessage) (r record, err error) {
	var in struct {
		Change struct {
			SequenceNumber string          `json:"SequenceNumber"`
			At             float64         `json:"ApproximateCreationDateTime"` // Unix seconds
			OldImage       json.RawMessage `json:"OldImage"`
			NewImage       json.RawMessage `json:"NewImage"`
		} `json:"dynamodb"`
	}
	if json.Unmarshal(raw, &in) != nil {
		return r, unreadable{errNotRecord}
	}
	r.sequence = in.Change.SequenceNumber
	if in.Change.At > 0 {
		r.at = time.UnixMilli(int64(in.Change.At * 1000))
	}
	if r.old, err = custody.FromImage(in.Change.OldImage); err != nil {
		return r, unreadable{errOldImage} // not why: that can repeat what the image says
	}
	if r.new, err = custody.FromImage(in.Change.NewImage); err != nil {
		return r, unreadable{errNewImage}
	}
	return r, nil
}
