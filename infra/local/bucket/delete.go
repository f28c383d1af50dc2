package bucket

import (
	"crypto/rand"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"
)

// DeleteObject puts a delete marker on top, or in a bucket without versions removes the object.
func (b backend) DeleteObject(bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	var result gofakes3.ObjectDeleteResult
	id, replaced := rand.Text(), ""
	err := b.config.DB.Update(func(tx *bbolt.Tx) error {
		result, replaced = gofakes3.ObjectDeleteResult{}, ""
		state, err := stateOf(tx, bucket)
		if err != nil {
			return err
		}
		if state.Versioning == gofakes3.VersioningNone {
			replaced, err = removeVersion(tx, bucket, key, "", nil)
			return err
		}
		marker := version{Key: key, DeleteMarker: true, Modified: b.config.Now().UTC()}
		if replaced, err = insert(tx, bucket, state, &marker, id); err != nil {
			return err
		}
		result = gofakes3.ObjectDeleteResult{IsDeleteMarker: true, VersionID: gofakes3.VersionID(marker.ID)}
		return nil
	})
	if err == nil {
		b.files.remove(replaced)
	}
	return result, err
}

// DeleteObjectVersion removes one version for good.
func (b backend) DeleteObjectVersion(bucket, key string, id gofakes3.VersionID) (gofakes3.ObjectDeleteResult, error) {
	var result gofakes3.ObjectDeleteResult
	file := ""
	err := b.config.DB.Update(func(tx *bbolt.Tx) error {
		result, file = gofakes3.ObjectDeleteResult{}, ""
		if _, err := stateOf(tx, bucket); err != nil {
			return err
		}
		var err error
		file, err = removeVersion(tx, bucket, key, string(id), func(v version) {
			result = gofakes3.ObjectDeleteResult{IsDeleteMarker: v.DeleteMarker, VersionID: gofakes3.VersionID(v.ID)}
		})
		return err
	})
	if err == nil {
		b.files.remove(file)
	}
	return result, err
}

// removeVersion takes a version out of the index, if it is there, and names its file for removal.
func removeVersion(tx *bbolt.Tx, bucket, key, id string, tell func(version)) (file string, err error) {
	v, err := findVersion(tx, bucket, key, id)
	if err != nil || v == nil {
		return "", err
	}
	index, err := versions(tx, bucket)
	if err != nil {
		return "", err
	}
	if tell != nil {
		tell(*v)
	}
	return v.File, index.Delete(v.place())
}

func (b backend) DeleteMulti(bucket string, keys ...string) (gofakes3.MultiDeleteResult, error) {
	objects := make([]gofakes3.ObjectID, len(keys))
	for i, key := range keys {
		objects[i].Key = key
	}
	return b.DeleteMultiVersions(bucket, objects...)
}

func (b backend) DeleteMultiVersions(bucket string, objects ...gofakes3.ObjectID) (gofakes3.MultiDeleteResult, error) {
	var result gofakes3.MultiDeleteResult
	for _, o := range objects {
		var err error
		if o.VersionID == "" {
			_, err = b.DeleteObject(bucket, o.Key)
		} else {
			_, err = b.DeleteObjectVersion(bucket, o.Key, gofakes3.VersionID(o.VersionID))
		}
		if err != nil {
			failed := gofakes3.ErrorResultFromError(err)
			failed.Key = o.Key
			result.Error = append(result.Error, failed)
			continue
		}
		result.Deleted = append(result.Deleted, o)
	}
	return result, nil
}
