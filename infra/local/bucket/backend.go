package bucket

import (
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// backend is the Store as gofakes3 wants it.
type backend struct{ *Store }

var (
	_ gofakes3.Backend          = backend{}
	_ gofakes3.VersionedBackend = backend{}
	_ gofakes3.MultipartBackend = backend{}
)

func (b backend) ListBuckets() ([]gofakes3.BucketInfo, error) {
	var all []gofakes3.BucketInfo
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		buckets := durable.Find(tx, "s3 buckets")
		if buckets == nil {
			return nil
		}
		return buckets.ForEach(func(name, _ []byte) error {
			var state bucketState
			if err := durable.Get(buckets, name, &state); err != nil {
				return err
			}
			all = append(all, gofakes3.BucketInfo{Name: string(name), CreationDate: gofakes3.NewContentTime(state.Created)})
			return nil
		})
	})
	return all, err
}

func (b backend) BucketExists(name string) (bool, error) {
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		_, err := stateOf(tx, name)
		return err
	})
	if gofakes3.HasErrorCode(err, gofakes3.ErrNoSuchBucket) {
		return false, nil
	}
	return err == nil, err
}

func (b backend) CreateBucket(name string) error {
	return b.config.DB.Update(func(tx *bbolt.Tx) error {
		if _, err := stateOf(tx, name); err == nil {
			return gofakes3.ResourceError(gofakes3.ErrBucketAlreadyExists, name)
		}
		all, err := durable.Buckets(tx, "s3 buckets")
		if err != nil {
			return err
		}
		return durable.Put(all, []byte(name), bucketState{Created: b.config.Now()})
	})
}

func (b backend) DeleteBucket(name string) error {
	return b.config.DB.Update(func(tx *bbolt.Tx) error {
		if _, err := stateOf(tx, name); err != nil {
			return err
		}
		empty := true
		if err := eachIn(tx, name, "", "", func(version) bool { empty = false; return false }); err != nil {
			return err
		}
		if !empty {
			return gofakes3.ResourceError(gofakes3.ErrBucketNotEmpty, name)
		}
		return tx.Bucket([]byte("s3 buckets")).Delete([]byte(name))
	})
}

// ForceDeleteBucket is not offered: nothing here should drop a bucket with its contents.
func (b backend) ForceDeleteBucket(string) error { return gofakes3.ErrNotImplemented }

func (b backend) VersioningConfiguration(name string) (gofakes3.VersioningConfiguration, error) {
	var out gofakes3.VersioningConfiguration
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		state, err := stateOf(tx, name)
		out.Status = state.Versioning
		return err
	})
	return out, err
}

func (b backend) SetVersioningConfiguration(name string, v gofakes3.VersioningConfiguration) error {
	return b.config.DB.Update(func(tx *bbolt.Tx) error {
		state, err := stateOf(tx, name)
		if err != nil {
			return err
		}
		state.Versioning = v.Status
		return durable.Put(tx.Bucket([]byte("s3 buckets")), []byte(name), state)
	})
}

func (b backend) GetObject(bucket, key string, r *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	v, err := b.find(bucket, key, "")
	if err != nil {
		return nil, err
	}
	return b.object(v, r, true)
}

func (b backend) HeadObject(bucket, key string) (*gofakes3.Object, error) {
	v, err := b.find(bucket, key, "")
	if err != nil {
		return nil, err
	}
	return b.object(v, nil, false)
}

func (b backend) GetObjectVersion(bucket, key string, id gofakes3.VersionID, r *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	v, err := b.find(bucket, key, string(id))
	if err != nil {
		return nil, err
	}
	return b.object(v, r, true)
}

func (b backend) HeadObjectVersion(bucket, key string, id gofakes3.VersionID) (*gofakes3.Object, error) {
	v, err := b.find(bucket, key, string(id))
	if err != nil {
		return nil, err
	}
	return b.object(v, nil, false)
}

// find gives a version by its id, or with an empty id the current one.
func (s *Store) find(bucket, key, id string) (*version, error) {
	var v *version
	err := s.config.DB.View(func(tx *bbolt.Tx) error {
		if _, err := stateOf(tx, bucket); err != nil {
			return err
		}
		var err error
		if id == "" {
			v, err = current(tx, bucket, key)
		} else {
			v, err = findVersion(tx, bucket, key, id)
		}
		switch {
		case err != nil:
			return err
		case v == nil && id != "":
			return gofakes3.ResourceError(gofakes3.ErrNoSuchVersion, key)
		case v == nil:
			return gofakes3.KeyNotFound(key)
		}
		return nil
	})
	return v, err
}

// object tells gofakes3 of a version. The ETag of a multipart object is no plain hash, so it travels in
// a header that the response writer puts in its place.
func (s *Store) object(v *version, r *gofakes3.ObjectRangeRequest, withContents bool) (*gofakes3.Object, error) {
	part, err := r.Range(v.Size)
	if err != nil {
		return nil, err
	}
	o := &gofakes3.Object{
		Name: v.Key, Size: v.Size, VersionID: gofakes3.VersionID(v.ID), IsDeleteMarker: v.DeleteMarker, Range: part,
		Metadata: map[string]string{"Last-Modified": v.Modified.Format(http.TimeFormat), etagHeader: `"` + v.ETag + `"`},
	}
	for name, value := range v.Meta {
		o.Metadata[name] = value
	}
	hash, _, _ := strings.Cut(v.ETag, "-")
	if o.Hash, err = hex.DecodeString(hash); err != nil {
		return nil, errors.New("an ETag in the index is not a hash")
	}
	file := v.File
	if !withContents {
		file = ""
	}
	o.Contents, err = s.files.open(file, part)
	return o, err
}

func (b backend) PutObject(bucket, key string, meta map[string]string, body io.Reader, size int64, conditions *gofakes3.PutConditions) (gofakes3.PutObjectResult, error) {
	v, err := b.put(creation{
		bucket: bucket, key: key, event: "ObjectCreated:Put", meta: meta, size: size, body: body, conditions: conditions,
	})
	if err != nil {
		return gofakes3.PutObjectResult{}, err
	}
	return gofakes3.PutObjectResult{VersionID: gofakes3.VersionID(v.ID)}, nil
}

func (b backend) CopyObject(fromBucket, fromKey, toBucket, toKey string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	var none gofakes3.CopyObjectResult
	from, err := b.find(fromBucket, fromKey, "")
	if err != nil {
		return none, err
	}
	if from.DeleteMarker {
		return none, gofakes3.KeyNotFound(fromKey)
	}
	body, err := b.files.open(from.File, nil)
	if err != nil {
		return none, err
	}
	defer body.Close()
	v, err := b.put(creation{
		bucket: toBucket, key: toKey, event: "ObjectCreated:Copy", meta: meta, size: from.Size, body: body,
	})
	if err != nil {
		return none, err
	}
	return gofakes3.CopyObjectResult{ETag: `"` + v.ETag + `"`, LastModified: gofakes3.NewContentTime(v.Modified)}, nil
}
