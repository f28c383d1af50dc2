package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// compared is what a sample of items says.
type compared struct {
	Sampled int      `json:"sampled"`
	Same    int      `json:"same"`
	Differ  int      `json:"differ"`
	Gone    int      `json:"only_in_copy"`  // the table has lost it since
	Missing int      `json:"only_in_table"` // the copy lacks it, or the table has it since
	Names   []string `json:"names"`         // of those that are not the same, by their keyed hashes
}

type attributes = map[string]types.AttributeValue

// segments is into how many parts a table is cut, to begin reading at places that are not always the same.
const segments = 16

// count counts a table's items, by reading it.
func (d *drill) count(ctx context.Context, table string, source *types.TableDescription) (int, error) {
	progress, n := d.check(int(sdk.ToInt64(source.ItemCount)), "items"), 0
	defer progress.end()
	pages := dynamodb.NewScanPaginator(d.dynamodb, &dynamodb.ScanInput{TableName: &table, Select: types.SelectCount})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, fmt.Errorf("counting %s: %w", plain(table), err)
		}
		n += int(page.Count)
		progress.add(int64(page.Count))
	}
	return n, nil
}

// compare compares a sample of the copy's items with the table's, and one of the table's with the copy's.
func (d *drill) compare(ctx context.Context, source *types.TableDescription, copied string) (c compared, err error) {
	key := make([]byte, sha256.Size)
	if _, err := rand.Read(key); err != nil {
		return c, err
	}
	c.Names = []string{}
	name := func(what string, item attributes) {
		c.Names = append(c.Names, what+" "+hex.EncodeToString(digest(key, keyOf(source, item)))[:16])
	}
	for _, way := range []struct{ from, to string }{{copied, d.table}, {d.table, copied}} {
		items, err := d.sampleOf(ctx, way.from)
		if err != nil {
			return c, err
		}
		others, err := d.get(ctx, way.to, source, key, items)
		if err != nil {
			return c, err
		}
		for _, item := range items {
			other, there := others[string(digest(key, keyOf(source, item)))]
			c.Sampled++
			switch {
			case !there && way.from == copied:
				c.Gone++
				name("only in the copy:", item)
			case !there:
				c.Missing++
				name("only in the table:", item)
			case !hmac.Equal(digest(key, item), digest(key, other)):
				c.Differ++
				name("differs:", item)
			default:
				c.Same++
			}
		}
	}
	return c, nil
}

// sampleOf reads items from all parts of the table in turn, in an order by chance, until there are enough.
func (d *drill) sampleOf(ctx context.Context, table string) (items []attributes, err error) {
	starts := map[int]attributes{} // Go goes through a map in an order by chance
	for segment := range segments {
		starts[segment] = nil
	}
	for limit := int32((d.sample + segments - 1) / segments); len(starts) > 0 && len(items) < d.sample; {
		for segment, start := range starts {
			out, err := d.dynamodb.Scan(ctx, &dynamodb.ScanInput{TableName: &table, Segment: sdk.Int32(int32(segment)), TotalSegments: sdk.Int32(segments),
				Limit: &limit, ExclusiveStartKey: start, ConsistentRead: sdk.Bool(true)})
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", plain(table), err)
			}
			items = append(items, out.Items...)
			if starts[segment] = out.LastEvaluatedKey; len(out.LastEvaluatedKey) == 0 {
				delete(starts, segment)
			}
		}
	}
	return items[:min(len(items), d.sample)], nil
}

// get reads the items of a table that have the keys of others, by the digests of those keys.
func (d *drill) get(ctx context.Context, table string, source *types.TableDescription, key []byte, items []attributes) (map[string]attributes, error) {
	const most = 100 // in one call
	found := map[string]attributes{}
	for chunk := range slices.Chunk(items, most) {
		asked := make([]map[string]types.AttributeValue, len(chunk))
		for i, item := range chunk {
			asked[i] = keyOf(source, item)
		}
		for left := map[string]types.KeysAndAttributes{table: {Keys: asked, ConsistentRead: sdk.Bool(true)}}; len(left) > 0; {
			out, err := d.dynamodb.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: left})
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", plain(table), err)
			}
			for _, item := range out.Responses[table] {
				found[string(digest(key, keyOf(source, item)))] = item
			}
			left = out.UnprocessedKeys
		}
	}
	return found, nil
}

// keyOf is the part of an item that is its key.
func keyOf(table *types.TableDescription, item attributes) attributes {
	key := attributes{}
	for _, k := range table.KeySchema {
		key[*k.AttributeName] = item[*k.AttributeName]
	}
	return key
}

// digest is the same for two items that say the same, whatever the order of attributes and of members of sets.
func digest(key []byte, item attributes) []byte {
	h := hmac.New(sha256.New, key)
	write(h, &types.AttributeValueMemberM{Value: item})
	return h.Sum(nil)
}

func write(h hash.Hash, value types.AttributeValue) {
	text := func(kind byte, s string) {
		h.Write(append([]byte{kind}, binary.BigEndian.AppendUint64(nil, uint64(len(s)))...))
		h.Write([]byte(s))
	}
	set := func(kind byte, of []string) {
		text(kind, fmt.Sprint(len(of)))
		for _, s := range slices.Sorted(slices.Values(of)) {
			text(kind, s)
		}
	}
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		text('S', v.Value)
	case *types.AttributeValueMemberN:
		text('N', v.Value)
	case *types.AttributeValueMemberB:
		text('B', string(v.Value))
	case *types.AttributeValueMemberBOOL:
		text('b', fmt.Sprint(v.Value))
	case *types.AttributeValueMemberNULL:
		text('0', "")
	case *types.AttributeValueMemberSS:
		set('s', v.Value)
	case *types.AttributeValueMemberNS:
		set('n', v.Value)
	case *types.AttributeValueMemberBS:
		all := make([]string, len(v.Value))
		for i, b := range v.Value {
			all[i] = string(b)
		}
		set('x', all)
	case *types.AttributeValueMemberL:
		text('L', fmt.Sprint(len(v.Value)))
		for _, one := range v.Value {
			write(h, one)
		}
	case *types.AttributeValueMemberM:
		text('M', fmt.Sprint(len(v.Value)))
		for _, name := range slices.Sorted(maps.Keys(v.Value)) {
			text('k', name)
			write(h, v.Value[name])
		}
	default:
		text('?', "")
	}
}
