package main

import (
	"encoding/json"
	"errors"
)

// record is one change of an inquiry, as much of it as is needed: which, and whether it counts.
type record struct {
	Name   string `json:"eventName"`
	Stream string `json:"eventSourceARN"`
	Change struct {
		Sequence string `json:"SequenceNumber"`
		Keys     struct {
			Reference attribute `json:"reference"`
		} `json:"Keys"`
		OldImage json.RawMessage `json:"OldImage"`
		NewImage json.RawMessage `json:"NewImage"`
	} `json:"dynamodb"`

	err error // why it cannot be read, if it cannot
}

// attribute is a value of an image.
type attribute struct {
	S string `json:"S"`
	N string `json:"N"`
}

// errNotRecord is what is no record of the stream. It does not say what it is, which could be of a person.
var errNotRecord = errors.New("not a record of the inquiries' stream")

// read reads a record of a stream, and what is wrong with it.
func read(raw json.RawMessage) (r record) {
	if json.Unmarshal(raw, &r) != nil || r.Change.Sequence == "" || r.Change.Keys.Reference.S == "" {
		r.err = errNotRecord
	}
	return r
}

// changed reports whether there may be something to tell. There is not where the inquiry is gone, and where its version is the
// same: then only what somebody was told has changed, as this function records it.
func (r record) changed() bool {
	now := version(r.Change.NewImage)
	return r.Name != "REMOVE" && (now == "" || now != version(r.Change.OldImage))
}

// version is that of an image; "" where there is no image, or none that can be read: the inquiry itself is asked then.
func version(image json.RawMessage) string {
	var i struct {
		Version attribute `json:"version"`
	}
	if json.Unmarshal(image, &i) != nil {
		return ""
	}
	return i.Version.N
}
