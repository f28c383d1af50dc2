package upload

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

// latest is a row of one person, or what their rows come to together. Line 0 is no row: a person whom the feed holds.
type latest struct {
	Line        int                 `cbor:"1,keyasint,omitempty"`
	Observation custody.Observation `cbor:"2,keyasint"`
	// Unread says that the row was rejected: it tells no more than that the file has the person.
	Unread bool `cbor:"3,keyasint,omitempty"`
}

// memory is what an upload of one range and one part keeps between its steps, so that nothing is spooled.
type memory struct {
	rows   []latest
	held   []custody.ANumber
	plan   []Change
	result map[string]any // see result.go
}

// partOf is the part that a person is in.
func partOf(a custody.ANumber, parts int) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, string(a))
	return int(h.Sum32() % uint32(parts))
}

// spool gathers rows by part. It becomes one object: for each part the offset at which its rows end, as eight bytes,
// then the rows.
type spool struct {
	parts []bytes.Buffer
	size  int
}

// wire encodes what is kept between two steps: by the names or numbers of fields, so that a newer version of the service
// can read it.
var wire = func() cbor.EncMode {
	mode, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		panic(err) // the options are constant
	}
	return mode
}()

func newSpool(parts int) *spool { return &spool{parts: make([]bytes.Buffer, parts)} }

func (s *spool) add(row latest) error {
	b := &s.parts[partOf(row.Observation.ANumber, len(s.parts))]
	before := b.Len()
	encoded, err := wire.Marshal(row)
	if err != nil {
		return fmt.Errorf("upload: spooling a row: %w", err)
	}
	b.Write(encoded)
	s.size += b.Len() - before
	return nil
}

func (s *spool) bytes() []byte {
	out := make([]byte, 8*len(s.parts), 8*len(s.parts)+s.size)
	for i := range s.parts {
		out = append(out, s.parts[i].Bytes()...)
		binary.BigEndian.PutUint64(out[8*i:], uint64(len(out)))
	}
	return out
}

// Names of spools: the rows of the file, and the people whom the feed holds.
func rowsKey(uploadID string, i, n int) string {
	return workKey(uploadID, fmt.Sprintf("rows-%05d-%05d", i, n))
}
func heldKey(uploadID string, n int) string { return workKey(uploadID, fmt.Sprintf("held-%05d", n)) }

// unspool reads the rows of one part in one spool.
func (p *Pipeline) unspool(ctx context.Context, u *item, key string, part int) ([]byte, error) {
	from := int64(max(8*(part-1), 0))
	ends, err := p.read(ctx, u.Bucket, key, from, int64(8*(part+1)))
	if err != nil {
		return nil, err
	}
	start := int64(8 * u.Parts)
	if part > 0 && len(ends) == 16 {
		start, ends = int64(binary.BigEndian.Uint64(ends)), ends[8:]
	}
	if len(ends) != 8 {
		return nil, fmt.Errorf("upload: %s is cut short", key)
	}
	end := int64(binary.BigEndian.Uint64(ends))
	if end <= start {
		return nil, nil
	}
	return p.read(ctx, u.Bucket, key, start, end)
}

// unspoolers is how many spools are read at once: a part of a file of many ranges has a little in each.
const unspoolers = 8

// unspoolAll reads the rows of one part in many spools, in any order.
func (p *Pipeline) unspoolAll(ctx context.Context, u *item, keys []string, part int, each func(latest)) error {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(unspoolers)
	for _, key := range keys {
		group.Go(func() error {
			rows, err := p.unspool(ctx, u, key, part)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			return decodeEach(key, rows, each)
		})
	}
	return group.Wait()
}

// decodeEach decodes one value after the other.
func decodeEach[T any](key string, data []byte, each func(T)) error {
	for len(data) > 0 {
		var v T
		rest, err := cbor.UnmarshalFirst(data, &v)
		if err != nil {
			return fmt.Errorf("upload: %s cannot be read: %w", key, err)
		}
		data = rest
		each(v)
	}
	return nil
}
