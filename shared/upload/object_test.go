package upload

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
)

type unreachable struct{}

func (unreachable) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") == "" {
		return nil, errors.New("connection refused")
	}
	return http.DefaultTransport.RoundTrip(r)
}

// What Run returns, ingest logs. "The key stays out of the log: staff may name a file after a person."
func TestErrorOfAnUnreachableBucketDoesNotNameTheFile(t *testing.T) {
	o := newOffice(t)
	object := o.put("uploads/A098765432-DOE-JOHN.csv", title+row(1, "2026-05-01", "in_custody"))
	_, err := o.pipeline(unreachable{}).Run(context.Background(), object)
	if err == nil || strings.Contains(err.Error(), "DOE") {
		t.Errorf("%v", err)
	}
}
