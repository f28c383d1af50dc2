package bucket

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// version is one version of an object, or the mark that it was deleted.
type version struct {
	Key          string            `json:"key"`
	ID           string            `json:"id,omitempty"` // "" = the null version
	ETag         string            `json:"etag,omitempty"`
	Size         int64             `json:"size"`
	File         string            `json:"file,omitempty"`
	Meta         map[string]string `json:"meta,omitempty"`
	Modified     time.Time         `json:"modified"`
	DeleteMarker bool              `json:"delete_marker,omitempty"`
	Number       uint64            `json:"number"` // grows with every version of the bucket
}

// place is the key of a version in the index: versions of one object lie together, the newest first, and
// objects lie in the order of their keys.
func (v version) place() []byte { return append(before(v.Key), durable.Key(^v.Number)...) }

// before is the place just before an object's first version. Keys have no zero byte, so that one key
// cannot run into another's versions.
func before(key string) []byte { return append([]byte(key), 0) }

// versions is the index of a bucket, to write in.
func versions(tx *bbolt.Tx, bucket string) (*bbolt.Bucket, error) {
	return durable.Buckets(tx, "s3 versions", bucket)
}

// stateOf reads a bucket's state; the error is S3's NoSuchBucket.
func stateOf(tx *bbolt.Tx, bucket string) (bucketState, error) {
	var state bucketState
	all := durable.Find(tx, "s3 buckets")
	if all == nil {
		return state, gofakes3.BucketNotFound(bucket)
	}
	err := durable.Get(all, []byte(bucket), &state)
	if errors.Is(err, durable.ErrNotFound) {
		return state, gofakes3.BucketNotFound(bucket)
	}
	return state, err
}

// current gives an object's newest version, nil without one. It may be a delete marker.
func current(tx *bbolt.Tx, bucket, key string) (*version, error) {
	var found *version
	err := eachOf(tx, bucket, key, func(v version) bool {
		found = &v
		return false
	})
	return found, err
}

// findVersion gives one version of an object by its id ("" or null: the null version), nil without one.
func findVersion(tx *bbolt.Tx, bucket, key, id string) (*version, error) {
	if id == "null" {
		id = ""
	}
	var found *version
	err := eachOf(tx, bucket, key, func(v version) bool {
		if v.ID == id {
			found = &v
		}
		return found == nil
	})
	return found, err
}

// eachOf visits the versions of one object, the newest first, until visit says no.
func eachOf(tx *bbolt.Tx, bucket, key string, visit func(version) bool) error {
	b := durable.Find(tx, "s3 versions", bucket)
	if b == nil {
		return nil
	}
	prefix := before(key)
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		var v version
		if err := durable.Get(b, k, &v); err != nil {
			return err
		}
		if !visit(v) {
			return nil
		}
	}
	return nil
}

// eachIn visits the versions of a bucket whose keys start with prefix, from the key start on, in the
// order of keys and the newest of each first, until visit says no.
func eachIn(tx *bbolt.Tx, bucket, prefix, start string, visit func(version) bool) error {
	b := durable.Find(tx, "s3 versions", bucket)
	if b == nil {
		return nil
	}
	c := b.Cursor()
	for k, _ := c.Seek([]byte(max(prefix, start))); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, _ = c.Next() {
		var v version
		if err := durable.Get(b, k, &v); err != nil {
			return err
		}
		if strings.HasPrefix(v.Key, prefix) && !visit(v) {
			return nil
		}
	}
	return nil
}

// eachVersion visits every version of every bucket.
func eachVersion(tx *bbolt.Tx, visit func(version)) error {
	all := tx.Bucket([]byte("s3 versions"))
	if all == nil {
		return nil
	}
	return all.ForEachBucket(func(name []byte) error {
		return eachIn(tx, string(name), "", "", func(v version) bool {
			visit(v)
			return true
		})
	})
}

// insert adds a version as the newest of its object, giving it its number and, in a versioned bucket, the
// id that was made for it. Elsewhere it takes the null version's place, whose file it names for removal.
func insert(tx *bbolt.Tx, bucket string, state bucketState, v *version, id string) (replaced string, err error) {
	b, err := versions(tx, bucket)
	if err != nil {
		return "", err
	}
	if v.Number, err = b.NextSequence(); err != nil {
		return "", fmt.Errorf("number a version: %w", err)
	}
	if state.Versioning == gofakes3.VersioningEnabled {
		v.ID = id
	} else {
		v.ID = ""
		old, err := findVersion(tx, bucket, v.Key, "")
		if err != nil {
			return "", err
		}
		if old != nil {
			replaced = old.File
			if err := b.Delete(old.place()); err != nil {
				return "", err
			}
		}
	}
	return replaced, durable.Put(b, v.place(), v)
}
