package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// SealedWithin is how long an entry may be without a block before that counts as a problem: a stream is seconds behind, and
// hours while seal fails, which staff are told of.
const SealedWithin = 15 * time.Minute

// ProblemKind is what Verify finds.
type ProblemKind string

// The kinds.
const (
	EntryAltered ProblemKind = "entry_altered"  // it is not what was sealed
	EntryMissing ProblemKind = "entry_missing"  // it was sealed and is gone before its life is over
	EntryLoose   ProblemKind = "entry_unsealed" // it is in no block
	EntryTwice   ProblemKind = "entry_twice"    // two blocks say different things of it
	BlockAltered ProblemKind = "block_altered"
	BlockMissing ProblemKind = "block_missing"
	HeadMissing  ProblemKind = "head_missing" // the chain no longer has a head that was noted
)

// Problem is one thing that Verify finds. It names no person: subjects are opaque.
type Problem struct {
	Kind    ProblemKind `json:"kind"`
	Block   int         `json:"block,omitempty"`
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

// Verify reads the whole table and checks every entry and every block, and that the noted heads are part of the chain. seen is
// called with how many items were read, now and then. It needs about 250 bytes of memory an entry, and reads at half a
// read unit per four kilobytes.
func (l *Log) Verify(ctx context.Context, noted []Head, seen func(items int)) (Report, error) {
	links, blocks := map[string]Link{}, map[int]Item{}
	pages := dynamodb.NewScanPaginator(l.Client, &dynamodb.ScanInput{TableName: &l.Name})
	r := Report{Problems: []Problem{}}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return Report{}, fmt.Errorf("audit: reading the table: %w", err)
		}
		for _, item := range page.Items {
			var key struct {
				Subject string `dynamodbav:"subject"`
				At      string `dynamodbav:"at"`
			}
			if attributevalue.UnmarshalMap(item, &key) != nil {
				return Report{}, ErrUnreadable
			}
			if key.Subject == chain {
				n, err := strconv.Atoi(key.At)
				if err != nil || blockNumber(n) != key.At {
					r.Problems = append(r.Problems, Problem{Kind: BlockAltered, At: key.At})
					continue
				}
				blocks[n] = item
				continue
			}
			link, err := linkOf(item)
			if err != nil { // no entry of ours, or one that somebody made unreadable
				link = Link{Key: key.Subject + "\n" + key.At, Digest: "unreadable"}
			}
			links[link.Key] = link
		}
		r.Entries, r.Blocks = len(links), len(blocks)
		if seen != nil {
			seen(r.Entries + r.Blocks)
		}
	}
	sealed := r.checkBlocks(blocks, noted)
	r.checkEntries(links, sealed, l.Now())
	slices.SortFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Block, b.Block), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.At, b.At))
	})
	return r, nil
}

// checkBlocks checks the chain, and gives what it says of entries.
func (r *Report) checkBlocks(blocks map[int]Item, noted []Head) (sealed map[string]Link) {
	sealed = map[string]Link{}
	last := 0
	for n := range blocks {
		last = max(last, n)
	}
	digests, before := map[int]string{}, ""
	for n := 1; n <= last; n++ {
		item, there := blocks[n]
		if !there {
			r.Problems, before = append(r.Problems, Problem{Kind: BlockMissing, Block: n}), ""
			continue
		}
		var b Block
		unreadable := attributevalue.UnmarshalMap(item, &b) != nil
		written := b.Digest
		delete(item, digestAttribute)
		made, err := digest(item) // of the item as it is, so that an attribute which was put in counts too
		missing := n > 1 && digests[n-1] == ""
		if unreadable || err != nil || made != written || !missing && b.Before != before {
			r.Problems = append(r.Problems, Problem{Kind: BlockAltered, Block: n})
		}
		digests[n], before = written, written
		for _, link := range b.Links {
			if other, twice := sealed[link.Key]; twice && other.Digest != link.Digest {
				subject, at := cutKey(link.Key)
				r.Problems = append(r.Problems, Problem{Kind: EntryTwice, Block: n, Subject: subject, At: at})
			}
			sealed[link.Key] = link
		}
	}
	r.Head = Head{last, digests[last]}
	for _, head := range noted {
		if digests[head.Number] != head.Digest {
			r.Problems = append(r.Problems, Problem{Kind: HeadMissing, Block: head.Number})
		}
	}
	return sealed
}

// checkEntries compares the entries that there are with those that were sealed.
func (r *Report) checkEntries(links, sealed map[string]Link, now time.Time) {
	problem := func(kind ProblemKind, key string) {
		subject, at := cutKey(key)
		r.Problems = append(r.Problems, Problem{Kind: kind, Subject: subject, At: at})
	}
	for key, link := range links {
		was, isSealed := sealed[key]
		_, at := cutKey(key)
		switch {
		case isSealed && was.Digest != link.Digest:
			problem(EntryAltered, key)
		case isSealed:
		case link.Digest != "unreadable" && now.Sub(Entry{At: at}.When()) < SealedWithin:
			r.Waiting++
		default:
			problem(EntryLoose, key)
		}
	}
	for key, was := range sealed {
		if _, there := links[key]; there {
			continue
		}
		if was.Until <= now.Unix() {
			r.Expired++
		} else {
			problem(EntryMissing, key)
		}
	}
}
