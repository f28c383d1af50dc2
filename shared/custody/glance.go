package custody

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Glance is as much of a record as it takes to see that a row says nothing new. Reading it costs the same units as the
// record, but a third of the work.
type Glance struct {
	Version       int64
	Feed          string
	HeldBy        string
	RowHash       string
	Since         time.Time
	StintStart    time.Time
	AsOf          time.Time
	ReceivedAt    time.Time
	UnlistedSince time.Time
}

// glanced are a Glance's attributes, as a projection.
const glanced = "a_number, version, feed, held_by, row_hash, since, stint_start, as_of, received_at, unlisted_since"

// GlanceMany reads glances as GetMany reads records.
func (t *Table) GlanceMany(ctx context.Context, numbers []ANumber) (map[ANumber]Glance, error) {
	glances := make(map[ANumber]Glance, len(numbers))
	err := t.getBatches(ctx, numbers, ptr(glanced), func(item map[string]types.AttributeValue) error {
		a, g, err := decodeGlance(item)
		if err != nil {
			return errNoRecord
		}
		glances[a] = g
		return nil
	})
	return glances, err
}

// decodeGlance reads an item as glanced at. It is written out because a daily roster spends much of its time here.
func decodeGlance(item map[string]types.AttributeValue) (a ANumber, g Glance, err error) {
	text := func(name string) (value string) {
		switch v := item[name].(type) {
		case nil:
		case *types.AttributeValueMemberS:
			value = v.Value
		default:
			err = errors.Join(err, fmt.Errorf("%s is no text", name))
		}
		return value
	}
	at := func(name string) (value time.Time) {
		if written := text(name); written != "" {
			var wrong error
			if value, wrong = time.Parse(time.RFC3339Nano, written); wrong != nil {
				err = errors.Join(err, fmt.Errorf("%s is no time", name))
			}
		}
		return value
	}
	version, ok := item["version"].(*types.AttributeValueMemberN)
	if !ok {
		return "", Glance{}, errors.New("it has no version")
	}
	if g.Version, err = strconv.ParseInt(version.Value, 10, 64); err != nil {
		return "", Glance{}, errors.New("its version is no whole number")
	}
	a, g.Feed, g.HeldBy, g.RowHash = ANumber(text("a_number")), text("feed"), text("held_by"), text("row_hash")
	g.Since, g.StintStart, g.AsOf = at("since"), at("stint_start"), at("as_of")
	g.ReceivedAt, g.UnlistedSince = at("received_at"), at("unlisted_since")
	if a == "" {
		err = errors.Join(err, errors.New("it has no A-number"))
	}
	return a, g, err
}

// Record is what a Glance knows, for the rules that compare moments.
func (g Glance) Record() Record {
	r := Record{Version: g.Version, Feed: g.Feed, Since: g.Since, StintStart: g.StintStart, AsOf: g.AsOf, ReceivedAt: g.ReceivedAt,
		UnlistedSince: g.UnlistedSince}
	if g.HeldBy != "" || !g.UnlistedSince.IsZero() {
		r.Status = InCustody
	}
	return r
}

// Repeats reports whether an observation that is not older than the record says what the last row applied to it said,
// in every word but the moment, so that Onto would change nothing.
func (o Observation) Repeats(g Glance, receivedAt time.Time) bool {
	came := g.Record().ahead() && !g.Since.After(receivedAt.Add(aheadBy))
	return g.RowHash != "" && g.RowHash == o.Hash() && g.UnlistedSince.IsZero() && !came
}

// Hash is 22 letters made from all that an observation says but its moment.
func (o Observation) Hash() string {
	b := make([]byte, 0, 256)
	for _, text := range []string{string(o.ANumber), o.LastName, o.FirstName, o.DateOfBirth, string(o.CountryOfBirth), string(o.Status),
		o.Facility, o.FacilityCode, o.FieldOffice, o.ReleaseReason} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	for _, at := range []time.Time{o.Since, o.BookedIn, o.StintStart} {
		b = binary.AppendVarint(b, at.Unix())
	}
	switch {
	case o.Protected == nil:
		b = append(b, 0)
	case *o.Protected:
		b = append(b, 1)
	default:
		b = append(b, 2)
	}
	if o.InTransit {
		b = append(b, 1)
	}
	sum := sha256.Sum256(b)
	return base64.RawStdEncoding.EncodeToString(sum[:16])
}
