// Package partial reads a Lambda function's partial batch response (ReportBatchItemFailures) by the
// rules that its event source mappings apply: no answer or no failures means that the batch succeeded,
// anything that cannot be understood means that all of it failed.
//
// Limit: it cannot know which identifiers a batch had; the caller treats an unknown one as a failure of
// the whole batch.
package partial

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrMalformed says that the whole batch counts as failed because its answer has not the right form.
var ErrMalformed = errors.New("malformed partial batch response")

// Failures gives the item identifiers that response reports, none when everything succeeded.
func Failures(response []byte) ([]string, error) {
	if len(bytes.TrimSpace(response)) == 0 {
		return nil, nil
	}
	// Keys are matched exactly, as Lambda does; decoding into a struct would forgive other capitals.
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(response, &answer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var items []map[string]json.RawMessage
	if list, ok := answer["batchItemFailures"]; ok {
		if err := json.Unmarshal(list, &items); err != nil {
			return nil, fmt.Errorf("%w: batchItemFailures: %w", ErrMalformed, err)
		}
	}
	ids := make([]string, 0, len(items))
	for i, item := range items {
		var id string
		if err := json.Unmarshal(item["itemIdentifier"], &id); err != nil || id == "" {
			return nil, fmt.Errorf("%w: failure %d has no itemIdentifier", ErrMalformed, i)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
