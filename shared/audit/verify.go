package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	// SealedWithin is how long an entry may be without a block before that counts as a problem: a stream is seconds behind, and
	// hours while seal fails, which staff are told of. Clocks may differ by as much.
	SealedWithin = 15 * time.Minute
	// sealedLast is how long after its own time an entry can be sealed: a stream keeps its records for a day. What is sealed
	// later was put in later.
	sealedLast = 24 * time.Hour
)

// ProblemKind is what Verify finds.
type ProblemKind string

// The kinds.
const (
	EntryAltered  ProblemKind = "entry_altered"  // it is not what was sealed
	EntryMissing  ProblemKind = "entry_missing"  // it was sealed and is gone before its life is over
	EntryLoose    ProblemKind = "entry_unsealed" // it is in no block
	EntryMisdated ProblemKind = "entry_misdated" // it was sealed at a time that does not fit its own
	EntryTwice    ProblemKind = "entry_twice"    // two blocks say different things of it
	BlockAltered  ProblemKind = "block_altered"
	BlockMissing  ProblemKind = "block_missing" // Block to Through, if there are several
	HeadMissing   ProblemKind = "head_missing"  // the chain no longer has a head that was noted
)

// Problem is one thing that Verify finds. It names no person: subjects are opaque.
type Problem struct {
	Kind    ProblemKind `json:"kind"`
	Block   int         `json:"block,omitempty"`
	Through int         `json:"through,omitempty"`
	Subject string      `json:"subject,omitempty"`
	At      string      `json:"at,omitempty"`
}

// Report is what Verify found.
type Report struct {
	Entries  int       `json:"entries"`
	Blocks   int       `json:"blocks"`
	Waiting  int       `json:"waiting"` // to be sealed, and young enough for that
	Expired  int       `json:"expired"` // sealed, and gone since, as it should be
	Head     Head      `json:"head"`
	Problems []Problem `json:"problems"`
}

// Verify reads the chain and then the whole table, checks every block and every entry, and that the noted heads are part of
// the chain. seen is called with how many items were read, now and then. It needs about 140 bytes of memory for each entry that
// was ever sealed, and reads at one read unit per four kilobytes.
func (l *Log) Verify(ctx context.Context, noted []Head, seen func(items int)) (Report, error) {
	v := &verification{log: l, noted: noted, seen: seen, began: l.Now(), found: make([]bool, len(noted)), sealed: map[name]mark{}, report: Report{Problems: []Problem{}}}
	// The chain first: what it has was in the table before, so that what is written and sealed meanwhile is not missed.
	if err := v.blocks(ctx, v.block); err != nil {
		return Report{}, err
	}
	v.heads()
	if err := v.entries(ctx); err != nil {
		return Report{}, err
	}
	if err := v.gone(ctx); err != nil {
		return Report{}, err
	}
	slices.SortFunc(v.report.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Block, b.Block), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.At, b.At))
	})
	return v.report, nil
}

// name stands for an entry's key, in less memory.
type name [16]byte

func nameOf(key string) name {
	sum := sha256.Sum256([]byte(key))
	return name(sum[:len(name{})])
}

// mark is what the chain says of an entry.
type mark struct {
	digest [sha256.Size]byte
	until  int64
}

// markOf reads a link. A digest that is none is equal to no other.
func markOf(link Link) mark {
	m := mark{until: link.Until}
	raw, err := base64.RawURLEncoding.DecodeString(link.Digest)
	if err == nil && len(raw) == len(m.digest) {
		m.digest = [sha256.Size]byte(raw)
	}
	return m
}

// verification is one run of Verify.
type verification struct {
	log    *Log
	noted  []Head
	found  []bool // of noted, those that the chain has
	seen   func(items int)
	began  time.Time
	report Report

	last   int    // the block before
	before string // and its digest
	sealed map[name]mark
}

func (v *verification) problem(p Problem) { v.report.Problems = append(v.report.Problems, p) }

func (v *verification) entryProblem(kind ProblemKind, key string) {
	subject, at := cutKey(key)
	v.problem(Problem{Kind: kind, Subject: subject, At: at})
}

func (v *verification) tell() {
	if v.seen != nil {
		v.seen(v.report.Entries + v.report.Blocks)
	}
}

// blocks hands over the items of the chain, in its order.
func (v *verification) blocks(ctx context.Context, each func(Item)) error {
	pages := dynamodb.NewQueryPaginator(v.log.Client, &dynamodb.QueryInput{TableName: &v.log.Name, ConsistentRead: sdk.Bool(true),
		KeyConditionExpression:    sdk.String("subject = :chain"),
		ExpressionAttributeValues: Item{":chain": &types.AttributeValueMemberS{Value: chain}}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("audit: reading the chain: %w", err)
		}
		for _, item := range page.Items {
			each(item)
		}
		v.tell()
	}
	return nil
}

// block checks the next block, and keeps what it says of entries.
func (v *verification) block(item Item) {
	v.report.Blocks++
	var b Block
	unreadable := attributevalue.UnmarshalMap(item, &b) != nil
	_, number := keyIn(item)
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || blockNumber(n) != number {
		v.problem(Problem{Kind: BlockAltered, At: number})
		return
	}
	follows := n == v.last+1
	if !follows {
		gap := Problem{Kind: BlockMissing, Block: v.last + 1}
		if gap.Block < n-1 {
			gap.Through = n - 1
		}
		v.problem(gap)
	}
	delete(item, digestAttribute)
	made, err := digest(item) // of the item as it is, so that an attribute which was put in counts too
	if unreadable || err != nil || made != b.Digest || follows && b.Before != v.before {
		v.problem(Problem{Kind: BlockAltered, Block: n})
	}
	for i, head := range v.noted {
		v.found[i] = v.found[i] || head == Head{n, b.Digest}
	}
	sealedAt, _ := time.Parse(time.RFC3339, b.SealedAt) // one that is none fits no entry
	for _, link := range b.Links {
		v.link(n, sealedAt, link)
	}
	v.last, v.before = n, b.Digest
}

// link keeps what a block says of an entry. What came out of the stream twice is in two blocks, the same in both.
func (v *verification) link(block int, sealedAt time.Time, link Link) {
	key, is := nameOf(link.Key), markOf(link)
	was, twice := v.sealed[key]
	v.sealed[key] = is
	subject, at := cutKey(link.Key)
	switch delay := sealedAt.Sub(Entry{At: at}.When()); {
	case twice && was != is:
		v.problem(Problem{Kind: EntryTwice, Block: block, Subject: subject, At: at})
	case !twice && (delay > sealedLast || delay < -SealedWithin):
		v.problem(Problem{Kind: EntryMisdated, Block: block, Subject: subject, At: at})
	}
}

// heads closes the chain.
func (v *verification) heads() {
	v.report.Head = Head{v.last, v.before}
	for i, head := range v.noted {
		if !v.found[i] {
			v.problem(Problem{Kind: HeadMissing, Block: head.Number})
		}
	}
}

// entries compares the entries that there are with what was sealed, and forgets the latter.
func (v *verification) entries(ctx context.Context) error {
	pages := dynamodb.NewScanPaginator(v.log.Client, &dynamodb.ScanInput{TableName: &v.log.Name, ConsistentRead: sdk.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("audit: reading the table: %w", err)
		}
		for _, item := range page.Items {
			if subject, at := keyIn(item); subject != chain {
				v.entry(item, subject+"\n"+at)
			}
		}
		v.tell()
	}
	return nil
}

func (v *verification) entry(item Item, key string) {
	v.report.Entries++
	link, err := linkOf(item)
	was, isSealed := v.sealed[nameOf(key)]
	delete(v.sealed, nameOf(key))
	_, at := cutKey(key)
	age := v.began.Sub(Entry{At: at}.When()) // of one that was written meanwhile it is negative
	switch {
	case isSealed && (err != nil || markOf(link).digest != was.digest):
		v.entryProblem(EntryAltered, key)
	case isSealed:
	case err == nil && age < SealedWithin && age > -SealedWithin-v.log.Now().Sub(v.began):
		v.report.Waiting++
	default: // no entry of ours among them, and one that somebody made unreadable
		v.entryProblem(EntryLoose, key)
	}
}

// gone tells of what was sealed and is not there. Its keys are in the chain, which is read once more for them.
func (v *verification) gone(ctx context.Context) error {
	now := v.log.Now().Unix()
	for key, was := range v.sealed {
		if was.until <= now {
			v.report.Expired++
			delete(v.sealed, key)
		}
	}
	if len(v.sealed) == 0 {
		return nil
	}
	return v.blocks(ctx, func(item Item) {
		var b Block
		_ = attributevalue.UnmarshalMap(item, &b) // a block that cannot be read has been told of
		for _, link := range b.Links {
			if _, missing := v.sealed[nameOf(link.Key)]; missing {
				v.entryProblem(EntryMissing, link.Key)
				delete(v.sealed, nameOf(link.Key))
			}
		}
	})
}
