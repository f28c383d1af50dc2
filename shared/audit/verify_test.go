package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

// with is an item in which an attribute is another.
func (i sealed) with(attribute, value string) Item {
	item := maps.Clone(i.Item)
	item[attribute] = text(value)
	return item
}

// sealed is an item of a table that is tampered with.
type sealed struct{ Item }

func (i sealed) is(p Problem) bool {
	return p.Subject == s(i.Item["subject"]) && p.At == s(i.Item["at"]) || p.Block > 0 && blockNumber(p.Block) == s(i.Item["at"])
}

// change changes an attribute of an item, adds one or takes one away.
func (i sealed) change(r *rapid.T) Item {
	item := maps.Clone(i.Item)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(item)), func(name string) bool { return name == "subject" || name == "at" })
	switch name := rapid.SampledFrom(names).Draw(r, "attribute"); rapid.IntRange(0, 3).Draw(r, "how") {
	case 0:
		delete(item, name)
	case 1:
		item["more"] = text("x")
	case 2:
		if name != "actor" && name != "email" { // keys of indexes, which are text or not there
			item[name] = &types.AttributeValueMemberN{Value: "7"}
			break
		}
		fallthrough
	default:
		item[name] = text("another")
	}
	return item
}

// TestTampering has somebody who may write the table do one thing to it, of each kind that there is, to random entries in random
// blocks, some of them sealed twice. What verify must find is named exactly: the kind, and the entry or the block.
func TestTampering(t *testing.T) {
	b := newBook(t)
	seen := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		for _, item := range append(b.items(t, false), b.items(t, true)...) {
			b.remove(t, item)
		}
		n := rapid.IntRange(3, 9).Draw(r, "entries")
		for range n {
			b.write(t, fmt.Sprint("x#", rapid.IntRange(1, 3).Draw(r, "subject")))
		}
		entries := b.items(t, false)
		var head Head
		for end := 0; end < n; {
			start := max(0, end-rapid.IntRange(0, 2).Draw(r, "again"))
			end = min(n, end+rapid.IntRange(1, 3).Draw(r, "batch"))
			head = b.seal(t, entries[start:end]...)
		}
		b.now = b.now.Add(time.Hour)
		if before := b.verify(t, head); len(before.Problems) != 0 || before.Entries != n {
			r.Fatalf("untouched: %+v", before)
		}
		blocks := b.items(t, true)
		entry, block := sealed{rapid.SampledFrom(entries).Draw(r, "entry")}, sealed{rapid.SampledFrom(blocks).Draw(r, "block")}
		last := sealed{blocks[len(blocks)-1]}
		what := rapid.SampledFrom(slices.Sorted(maps.Keys(tamperings))).Draw(r, "tampering")
		kind, of := tamperings[what](tampering{b, t, r, entries, blocks, entry, block, last, head})
		seen[what]++
		after := b.verify(t, head)
		if kind == "" && len(after.Problems) != 0 || kind != "" && !slices.ContainsFunc(after.Problems, func(p Problem) bool {
			return p.Kind == kind && of.is(p)
		}) {
			r.Fatalf("%s: %+v", what, after.Problems)
		}
		if what == "end cut off with its entries" || what == "chain made anew" {
			if after = b.verify(t); len(after.Problems) != 0 {
				r.Fatalf("%s, and no head was noted: %+v", what, after.Problems)
			}
		}
	})
	t.Log(seen)
}

// tampering is a table before it is tampered with.
type tampering struct {
	*book
	t                  *testing.T
	r                  *rapid.T
	entries, blocks    []Item
	entry, block, last sealed // one of each, and the newest block
	head               Head
}

// tamperings do something and say what is to be found, and of what. "" is what cannot be found, as the package says.
var tamperings = map[string]func(x tampering) (ProblemKind, sealed){
	"entry changed": func(x tampering) (ProblemKind, sealed) {
		x.put(x.t, x.entry.change(x.r))
		return EntryAltered, x.entry
	},
	"entry removed": func(x tampering) (ProblemKind, sealed) {
		x.remove(x.t, x.entry.Item)
		return EntryMissing, x.entry
	},
	"entry moved": func(x tampering) (ProblemKind, sealed) {
		x.remove(x.t, x.entry.Item)
		x.put(x.t, x.entry.with("subject", "x#other"))
		return EntryMissing, x.entry
	},
	"entry added without the stream": func(x tampering) (ProblemKind, sealed) {
		added := x.entry.with("at", strings.Replace(s(x.entry.Item["at"]), "#", "#Z", 1))
		x.put(x.t, added)
		return EntryLoose, sealed{added}
	},
	"entry added under a time of the past": func(x tampering) (ProblemKind, sealed) {
		added := x.entry.with("at", x.now.Add(-25*time.Hour).Format(stampShape)+"#ABCD")
		x.put(x.t, added)
		x.seal(x.t, added)
		return EntryMisdated, sealed{added}
	},
	"entry added under a time to come": func(x tampering) (ProblemKind, sealed) {
		added := x.entry.with("at", x.now.Add(time.Hour).Format(stampShape)+"#ABCD")
		x.put(x.t, added)
		x.seal(x.t, added)
		return EntryMisdated, sealed{added}
	},
	"entry that is none": func(x tampering) (ProblemKind, sealed) {
		added := Item{"subject": text("x#1"), "at": text("soon"), "what": &types.AttributeValueMemberBOOL{}}
		x.put(x.t, added)
		return EntryLoose, sealed{added}
	},
	"entry added, as of now": func(x tampering) (ProblemKind, sealed) {
		added := x.entry.with("at", x.now.Format(stampShape)+"#ABCD")
		x.put(x.t, added)
		x.seal(x.t, added)
		return "", sealed{added}
	},
	"entry changed and sealed again": func(x tampering) (ProblemKind, sealed) {
		changed := x.entry.with("what", "nothing")
		x.put(x.t, changed)
		x.seal(x.t, changed)
		return EntryTwice, sealed{changed}
	},
	"block changed": func(x tampering) (ProblemKind, sealed) {
		x.put(x.t, x.block.change(x.r))
		return BlockAltered, x.block
	},
	"block written anew": func(x tampering) (ProblemKind, sealed) {
		var b Block
		if err := attributevalue.UnmarshalMap(x.block.Item, &b); err != nil {
			x.t.Fatal(err)
		}
		b.SealedAt = x.now.Add(-2 * time.Hour).Format(time.RFC3339)
		b.Links[0].Until = 0
		b.Digest, _ = b.digestOf()
		item, err := attributevalue.MarshalMap(b)
		if err != nil {
			x.t.Fatal(err)
		}
		x.put(x.t, item)
		if b.Number == s(x.last.Item["at"]) {
			return HeadMissing, x.block
		}
		for i, next := range x.blocks {
			if s(next["at"]) == b.Number {
				return BlockAltered, sealed{x.blocks[i+1]}
			}
		}
		return "", x.block
	},
	"block removed": func(x tampering) (ProblemKind, sealed) {
		x.remove(x.t, x.block.Item)
		if s(x.block.Item["at"]) == s(x.last.Item["at"]) {
			return HeadMissing, x.block
		}
		return BlockMissing, x.block
	},
	"block added": func(x tampering) (ProblemKind, sealed) {
		added := sealed{x.block.with("at", blockNumber(len(x.blocks)+1))}
		x.put(x.t, added.Item)
		return BlockAltered, added
	},
	"block added far ahead": func(x tampering) (ProblemKind, sealed) {
		x.put(x.t, x.block.with("at", blockNumber(999_999_999_999)))
		return BlockMissing, sealed{x.block.with("at", blockNumber(len(x.blocks)+1))}
	},
	"block that is none": func(x tampering) (ProblemKind, sealed) {
		added := x.block.with("at", "7")
		x.put(x.t, added)
		return BlockAltered, sealed{Item{"subject": text(""), "at": text("7")}}
	},
	"blocks in another order": func(x tampering) (ProblemKind, sealed) {
		first := sealed{x.blocks[0]}
		x.put(x.t, first.with("at", s(x.last.Item["at"])))
		x.put(x.t, x.last.with("at", s(first.Item["at"])))
		if len(x.blocks) == 1 {
			return "", first
		}
		return BlockAltered, first
	},
	"end cut off": func(x tampering) (ProblemKind, sealed) {
		x.remove(x.t, x.last.Item)
		return HeadMissing, x.last
	},
	"end cut off with its entries": func(x tampering) (ProblemKind, sealed) {
		x.remove(x.t, x.last.Item)
		kept := map[string]bool{}
		for _, item := range x.items(x.t, true) {
			for _, link := range item["links"].(*types.AttributeValueMemberL).Value {
				kept[s(link.(*types.AttributeValueMemberM).Value["key"])] = true
			}
		}
		for _, item := range x.entries {
			if !kept[s(item["subject"])+"\n"+s(item["at"])] {
				x.remove(x.t, item)
			}
		}
		return HeadMissing, x.last
	},
	"chain made anew": func(x tampering) (ProblemKind, sealed) {
		for _, item := range x.blocks {
			x.remove(x.t, item)
		}
		x.put(x.t, x.entry.with("what", "nothing"))
		for len(x.items(x.t, true)) < len(x.blocks) {
			x.seal(x.t, x.items(x.t, false)...)
		}
		return HeadMissing, x.last
	},
}

// TestVerifyWhileItIsWritten has entries written and sealed after the chain was read, and before the table was.
func TestVerifyWhileItIsWritten(t *testing.T) {
	b := newBook(t)
	b.write(t, "x#1")
	b.seal(t, b.items(t, false)...)
	calls := 0
	r, err := b.Verify(ctx, nil, func(items int) {
		if calls++; calls > 1 {
			return
		}
		b.now = b.now.Add(time.Hour) // a large table takes its time
		b.write(t, "x#2")
		b.write(t, "x#3")
		b.seal(t, b.items(t, false)[1:]...)
		b.now = b.now.Add(time.Hour)
	})
	if err != nil || r.Entries != 3 || r.Blocks != 1 || r.Waiting != 2 || len(r.Problems) != 0 || calls < 2 {
		t.Errorf("%+v, %v, %d calls", r, err, calls)
	}
}

// TestVerifyWhatWaits has entries that are not sealed yet, and one that should be.
func TestVerifyWhatWaits(t *testing.T) {
	b := newBook(t)
	b.write(t, "x#1")
	b.now = b.now.Add(SealedWithin)
	b.write(t, "x#2")
	if r := b.verify(t); r.Waiting != 1 || len(r.Problems) != 1 || r.Problems[0].Kind != EntryLoose || r.Problems[0].Subject != "x#1" {
		t.Errorf("%+v", r)
	}
	later := Item{"subject": text("x#3"), "at": text(b.now.Add(24*time.Hour).Format(stampShape) + "#ABCD")}
	b.put(t, later)
	if r := b.verify(t); len(r.Problems) != 2 {
		t.Errorf("one of tomorrow waits: %+v", r)
	}
}
