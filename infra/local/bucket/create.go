package bucket

import (
	"crypto/rand"
	"io"
	"maps"
	"strings"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"
)

// creation is one new object version on its way in.
type creation struct {
	bucket, key string
	event       string // such as ObjectCreated:Put
	meta        map[string]string
	size        int64 // of body; negative = unknown
	body        io.Reader
	conditions  *gofakes3.PutConditions
	etag        string                // "" = the body's MD5
	also        func(*bbolt.Tx) error // more to do in the same transaction; may be nil
}

// put writes an object version: its contents, then in one transaction its index entry and its events.
func (s *Store) put(c creation) (*version, error) {
	if c.key == "" || strings.ContainsRune(c.key, 0) {
		return nil, gofakes3.ErrorMessage(gofakes3.ErrInvalidArgument, "An object key is not empty and has no zero byte.")
	}
	written, err := s.files.write(c.body, c.size)
	if err != nil {
		return nil, err
	}
	v := version{
		Key: c.key, ETag: c.etag, Size: written.size, File: written.file,
		Meta: keptMeta(c.meta), Modified: s.config.Now().UTC(),
	}
	if v.ETag == "" {
		v.ETag = written.md5
	}
	id, replaced := rand.Text(), ""
	err = s.config.DB.Update(func(tx *bbolt.Tx) error {
		state, err := stateOf(tx, c.bucket)
		if err != nil {
			return err
		}
		if err := checkConditions(tx, c); err != nil {
			return err
		}
		if replaced, err = insert(tx, c.bucket, state, &v, id); err != nil {
			return err
		}
		if c.also != nil {
			if err := c.also(tx); err != nil {
				return err
			}
		}
		return s.addEvents(tx, c.bucket, c.event, v)
	})
	if err != nil {
		s.files.remove(written.file)
		return nil, err
	}
	s.files.remove(replaced)
	s.events.Wake()
	return &v, nil
}

// checkConditions applies If-Match and If-None-Match to the object that is there now.
func checkConditions(tx *bbolt.Tx, c creation) error {
	if c.conditions == nil {
		return nil
	}
	now, err := current(tx, c.bucket, c.key)
	if err != nil {
		return err
	}
	there := now != nil && !now.DeleteMarker
	failed := gofakes3.ResourceError(gofakes3.ErrPreconditionFailed, c.key)
	if want := c.conditions.IfNoneMatch; want != nil && there && (*want == "*" || strings.Trim(*want, `"`) == now.ETag) {
		return failed
	}
	if want := c.conditions.IfMatch; want != nil {
		if !there {
			return gofakes3.KeyNotFound(c.key)
		}
		if *want != "*" && strings.Trim(*want, `"`) != now.ETag {
			return failed
		}
	}
	return nil
}

// keptMeta drops the headers that belong to the request and not to the object. A checksum of the whole
// is dropped too: gofakes3 would answer ranges with it.
func keptMeta(meta map[string]string) map[string]string {
	kept := maps.Clone(meta)
	maps.DeleteFunc(kept, func(name, value string) bool {
		name = strings.ToLower(name)
		return value == "" || name == "last-modified" || name == etagHeader ||
			strings.HasPrefix(name, "x-amz-") && !strings.HasPrefix(name, "x-amz-meta-")
	})
	return kept
}
