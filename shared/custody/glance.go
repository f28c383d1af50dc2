package custody

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Glance is as much of a record as it takes to see that a row says nothing new. Reading it costs the same units as the
// record, but a third of the work.
type Glance struct {
	Version       int64     `dynamodbav:"version"`
	Feed          string    `dynamodbav:"feed"`
	HeldBy        string    `dynamodbav:"held_by"`
	RowHash       string    `dynamodbav:"row_hash"`
	Since         time.Time `dynamodbav:"since"`
	StintStart    time.Time `dynamodbav:"stint_start"`
	AsOf          time.Time `dynamodbav:"as_of"`
	ReceivedAt    time.Time `dynamodbav:"received_at"`
	UnlistedSince time.Time `dynamodbav:"unlisted_since"`
}

// glanced are a Glance's attributes, as a projection.
const glanced = "a_number, version, feed, held_by, row_hash, since, stint_start, as_of, received_at, unlisted_since"

// GlanceMany reads glances as GetMany reads records.
func (t *Table) GlanceMany(ctx context.Context, numbers []ANumber) (map[ANumber]Glance, error) {
	glances := make(map[ANumber]Glance, len(numbers))
	err := t.getBatches(ctx, numbers, ptr(glanced), func(item map[string]types.AttributeValue) error {
		a, _ := item["a_number"].(*types.AttributeValueMemberS)
		var g Glance
		if err := attributevalue.UnmarshalMap(item, &g); err != nil || a == nil {
			return errNoRecord(err)
		}
		glances[ANumber(a.Value)] = g
		return nil
	})
	return glances, err
}

// record is what a Glance knows, for the rules that compare moments.
func (g Glance) record() Record {
	return Record{Version: g.Version, Since: g.Since, StintStart: g.StintStart, AsOf: g.AsOf, ReceivedAt: g.ReceivedAt}
}

// OlderThan is Older for a Glance.
func (o Observation) OlderThan(g Glance, now time.Time) bool { return o.Older(g.record(), now) }

// Repeats reports whether an observation that is not older than the record says what the last row applied to it said,
// in every word but the moment, so that Onto would change nothing.
func (o Observation) Repeats(g Glance, receivedAt time.Time) bool {
	came := g.record().ahead() && !g.Since.After(receivedAt.Add(aheadBy))
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
