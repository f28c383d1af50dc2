package bucket

import (
	"strings"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"
)

// ListBucket lists current objects in the order of their keys, those under a delimiter rolled up.
func (b backend) ListBucket(name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	if prefix == nil {
		prefix = &gofakes3.Prefix{}
	}
	most := page.MaxKeys
	if most <= 0 {
		most = gofakes3.DefaultMaxBucketKeys
	}
	list := gofakes3.NewObjectList()
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		if _, err := stateOf(tx, name); err != nil {
			return err
		}
		var count int64
		last, seen, key := "", "", ""
		first := true
		return eachIn(tx, name, prefix.Prefix, page.Marker, func(v version) bool {
			if !first && v.Key == key {
				return true // an older version of an object that has been looked at
			}
			first, key = false, v.Key
			rolled := rollUp(v.Key, prefix)
			if v.DeleteMarker || page.Marker != "" && (v.Key <= page.Marker || rolled == page.Marker) {
				return true
			}
			if rolled != "" && rolled == seen {
				return true
			}
			if count == most {
				list.IsTruncated, list.NextMarker = true, last
				return false
			}
			count++
			if rolled != "" {
				list.AddPrefix(rolled)
				last, seen = rolled, rolled
				return true
			}
			list.Add(&gofakes3.Content{
				Key: v.Key, LastModified: gofakes3.NewContentTime(v.Modified), ETag: `"` + v.ETag + `"`, Size: v.Size,
			})
			last = v.Key
			return true
		})
	})
	return list, err
}

// rollUp gives the common prefix that a key is listed under, "" when it is listed itself.
func rollUp(key string, p *gofakes3.Prefix) string {
	if !p.HasDelimiter {
		return ""
	}
	rest := strings.TrimPrefix(key, p.Prefix)
	if i := strings.Index(rest, p.Delimiter); i >= 0 {
		return p.Prefix + rest[:i+len(p.Delimiter)]
	}
	return ""
}

// ListBucketVersions lists every version, the newest of each object first. A marker names the last
// version of the page before.
func (b backend) ListBucketVersions(name string, prefix *gofakes3.Prefix, page *gofakes3.ListBucketVersionsPage) (*gofakes3.ListBucketVersionsResult, error) {
	if prefix == nil {
		prefix = &gofakes3.Prefix{}
	}
	if page == nil {
		page = &gofakes3.ListBucketVersionsPage{}
	}
	most := page.MaxKeys
	if most <= 0 {
		most = gofakes3.DefaultMaxBucketVersionKeys
	}
	result := gofakes3.NewListBucketVersionsResult(name, prefix, page)
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		if _, err := stateOf(tx, name); err != nil {
			return err
		}
		var count int64
		var last version
		newest, seen := "", ""
		met, passed := false, false
		return eachIn(tx, name, prefix.Prefix, page.KeyMarker, func(v version) bool {
			isLatest := !met || v.Key != newest
			met, newest = true, v.Key
			if page.HasKeyMarker && v.Key <= page.KeyMarker {
				// Up to and with the marker; without a version marker, all versions of the marker's key.
				if v.Key < page.KeyMarker || !page.HasVersionIDMarker || !passed {
					passed = v.Key == page.KeyMarker && shownID(v) == string(page.VersionIDMarker)
					return true
				}
			}
			if rolled := rollUp(v.Key, prefix); rolled != "" {
				if rolled != seen {
					result.AddPrefix(rolled)
					seen = rolled
				}
				return true
			}
			if count == most {
				result.IsTruncated = true
				result.NextKeyMarker, result.NextVersionIDMarker = last.Key, gofakes3.VersionID(shownID(last))
				return false
			}
			count++
			last = v
			result.Versions = append(result.Versions, versionItem(v, isLatest))
			return true
		})
	})
	return result, err
}

func shownID(v version) string {
	if v.ID == "" {
		return "null"
	}
	return v.ID
}

func versionItem(v version, latest bool) gofakes3.VersionItem {
	if v.DeleteMarker {
		return &gofakes3.DeleteMarker{
			Key: v.Key, VersionID: gofakes3.VersionID(v.ID), IsLatest: latest, LastModified: gofakes3.NewContentTime(v.Modified),
		}
	}
	return &gofakes3.Version{
		Key: v.Key, VersionID: gofakes3.VersionID(v.ID), IsLatest: latest, LastModified: gofakes3.NewContentTime(v.Modified),
		Size: v.Size, ETag: `"` + v.ETag + `"`,
	}
}
