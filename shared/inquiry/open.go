package inquiry

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

// Errors of reading and of opening.
var (
	ErrNotFound = errors.New("inquiry: no such inquiry")
	// ErrUnreadable is an item that is no inquiry. What it holds is not said.
	ErrUnreadable = errors.New("inquiry: an item is no inquiry")
)

// tries is how many references of one cause are tried. A second one is needed where another inquiry happens to have the
// first, of 27 to the power of 8, or where what somebody asked before has been seen to.
const tries = 20

// Open opens an inquiry for a cause, such as an alert, a phone on a day or a request's key, unless there is one; it returns
// the one that there is then and whether it is new. The caller says the reason, channel, language, county or office, and how
// somebody is reached; the rest is filled in here, and the inquiry is routed. by is who wrote it down; the zero Identity for
// whoever asks, and for the service itself.
func (t *Table) Open(ctx context.Context, cause string, i Inquiry, by staff.Identity) (opened Inquiry, isNew bool, err error) {
	i.Cause = t.Keys.Hash("inquiry", string(i.Reason), cause)
	for n := range tries {
		i.Reference = t.reference(i.Cause, n)
		there, err := t.Get(ctx, i.Reference)
		switch {
		case errors.Is(err, ErrNotFound):
			fresh := i
			err := t.insert(ctx, &fresh, by)
			if errors.Is(err, ErrChanged) { // somebody else opened it, or another with its reference, meanwhile
				there, err = t.Get(ctx, i.Reference)
			} else if err == nil {
				return fresh, true, nil
			}
			if err != nil {
				return Inquiry{}, false, err
			}
		case err != nil:
			return Inquiry{}, false, err
		}
		// One that was asked for by a person and has been seen to does not stand in the way of asking again.
		if there.Cause == i.Cause && (there.State != Resolved || i.Reason != CallMe) {
			return there, false, nil
		}
	}
	return Inquiry{}, false, fmt.Errorf("inquiry: no reference is free after %d tries", tries)
}

// Find is the inquiry that was opened for a cause and a reason before. ErrNotFound: none was, or it is forgotten.
func (t *Table) Find(ctx context.Context, reason Reason, cause string) (Inquiry, error) {
	hash := t.Keys.Hash("inquiry", string(reason), cause)
	for n := range tries {
		there, err := t.Get(ctx, t.reference(hash, n))
		if err != nil || there.Cause == hash {
			return there, err
		}
	}
	return Inquiry{}, ErrNotFound
}

// reference is the nth reference of a cause's hash.
func (t *Table) reference(hash string, n int) string {
	return t.Keys.Reference("reference", hash, strconv.Itoa(n))
}

// insert fills an inquiry in and writes it. ErrChanged: there is one with its reference.
func (t *Table) insert(ctx context.Context, i *Inquiry, by staff.Identity) error {
	now := t.Now().UTC()
	i.Version, i.OpenedAt, i.Timeline = 0, now.Truncate(time.Second), nil
	if i.Role == "" {
		i.Role = i.Reason.Role()
	}
	i.PINHash = t.pinHash(i.Reference, t.PIN(*i))
	i.DueBy = stamp(now.Add(t.Terms.of(i.Reason)))
	if i.Reason.OffTopic() {
		t.answerAtOnce(i, now)
		t.note(i, WasOpened, by)
		return t.write(ctx, "", i)
	}
	if err := t.route(ctx, i); err != nil {
		return err
	}
	i.DueAt, i.DueShard = i.DueBy, shard
	if i.Reason == Unanswered || i.Reason == CallMe { // staff are told at once of what the service itself asks of them
		i.DueAt = stamp(now)
	}
	t.note(i, WasOpened, by)
	if i.Assignee != "" {
		t.note(i, WasAssigned, staff.Identity{})
	}
	return t.write(ctx, "", i)
}

// answerAtOnce resolves what others answer. Nothing is kept of who asked: it is there to be counted.
func (t *Table) answerAtOnce(i *Inquiry, now time.Time) {
	*i = Inquiry{Reference: i.Reference, Cause: i.Cause, Reason: i.Reason, Channel: i.Channel, Language: i.Language, Role: i.Role,
		CallSeconds: i.CallSeconds, PINHash: i.PINHash, OpenedAt: now, DueBy: i.DueBy, Office: National, State: Resolved, Outcome: OffTopic,
		FirstContactAt: &now, ResolvedAt: &now, ExpiresAt: now.Add(t.Retention).Unix()}
}

// PIN is the number of six digits that goes with an inquiry's reference: whoever has both follows it. It is derived and not
// kept, so that a request which is sent again is answered alike.
func (t *Table) PIN(i Inquiry) string {
	var n uint64
	for _, letter := range []byte(t.Keys.Hash("inquiry/pin", i.Reference, i.Cause)) {
		n = (n*31 + uint64(letter)) % 1_000_003_000_013
	}
	return fmt.Sprintf("%06d", n%1_000_000)
}

func (t *Table) pinHash(reference, pin string) string {
	return t.Keys.Hash("inquiry/pin-hash", reference, pin)
}

// Follow reads the inquiry of a reference and its PIN. ErrNotFound: there is none, or the PIN is another's; an inquiry that
// the service opened by itself has no PIN that anybody was given. The caller bounds how often it is tried.
func (t *Table) Follow(ctx context.Context, reference, pin string) (Inquiry, error) {
	i, err := t.Get(ctx, reference)
	if errors.Is(err, ErrNotFound) {
		secret.Equal(t.pinHash(reference, pin), t.pinHash(reference, "")) // the same work as for one that there is
		return Inquiry{}, ErrNotFound
	}
	if err != nil {
		return Inquiry{}, err
	}
	if !secret.Equal(t.pinHash(reference, pin), i.PINHash) {
		return Inquiry{}, ErrNotFound
	}
	return i, nil
}

// Get reads an inquiry, strongly consistent. None, or one whose life is over, is ErrNotFound.
func (t *Table) Get(ctx context.Context, reference string) (Inquiry, error) {
	consistent := true
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, ConsistentRead: &consistent,
		Key: key(reference)})
	if err != nil {
		return Inquiry{}, fmt.Errorf("inquiry: reading: %w", err)
	}
	if len(out.Item) == 0 {
		return Inquiry{}, ErrNotFound
	}
	var i Inquiry
	if attributevalue.UnmarshalMap(out.Item, &i) != nil {
		return Inquiry{}, ErrUnreadable
	}
	if i.ExpiresAt != 0 && i.ExpiresAt <= t.Now().Unix() {
		return Inquiry{}, ErrNotFound
	}
	return i, nil
}
