package bucket

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// upload is a multipart upload that has begun.
type upload struct {
	ID        string            `json:"id"`
	Bucket    string            `json:"bucket"`
	Key       string            `json:"key"`
	Meta      map[string]string `json:"meta,omitempty"`
	Initiated time.Time         `json:"initiated"`
}

// part is one part of an upload.
type part struct {
	Number   int       `json:"number"`
	MD5      string    `json:"md5"`
	Size     int64     `json:"size"`
	File     string    `json:"file"`
	Modified time.Time `json:"modified"`
}

// uploadOf reads an upload; the error is S3's NoSuchUpload.
func uploadOf(tx *bbolt.Tx, bucket, key string, id gofakes3.UploadID) (upload, error) {
	var u upload
	b := durable.Find(tx, "s3 uploads")
	if b == nil {
		return u, gofakes3.ErrNoSuchUpload
	}
	err := durable.Get(b, []byte(id), &u)
	if errors.Is(err, durable.ErrNotFound) || err == nil && (u.Bucket != bucket || u.Key != key) {
		return u, gofakes3.ErrNoSuchUpload
	}
	return u, err
}

// partsOf reads the parts of an upload in the order of their numbers.
func partsOf(tx *bbolt.Tx, id gofakes3.UploadID) ([]part, error) {
	b := durable.Find(tx, "s3 parts", string(id))
	if b == nil {
		return nil, nil
	}
	var parts []part
	err := b.ForEach(func(key, _ []byte) error {
		var p part
		err := durable.Get(b, key, &p)
		parts = append(parts, p)
		return err
	})
	return parts, err
}

// eachPart visits the parts of every upload.
func eachPart(tx *bbolt.Tx, visit func(part)) error {
	all := tx.Bucket([]byte("s3 parts"))
	if all == nil {
		return nil
	}
	return all.ForEachBucket(func(id []byte) error {
		parts, err := partsOf(tx, gofakes3.UploadID(id))
		for _, p := range parts {
			visit(p)
		}
		return err
	})
}

// dropUpload forgets an upload and its parts, whose files it names for removal.
func dropUpload(tx *bbolt.Tx, id gofakes3.UploadID) ([]string, error) {
	parts, err := partsOf(tx, id)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, p := range parts {
		files = append(files, p.File)
	}
	if len(parts) > 0 {
		if err := tx.Bucket([]byte("s3 parts")).DeleteBucket([]byte(id)); err != nil {
			return nil, fmt.Errorf("forget the parts of an upload: %w", err)
		}
	}
	return files, tx.Bucket([]byte("s3 uploads")).Delete([]byte(id))
}

func (b backend) CreateMultipartUpload(bucket, key string, meta map[string]string) (gofakes3.UploadID, error) {
	u := upload{ID: rand.Text(), Bucket: bucket, Key: key, Meta: keptMeta(meta), Initiated: b.config.Now().UTC()}
	err := b.config.DB.Update(func(tx *bbolt.Tx) error {
		if _, err := stateOf(tx, bucket); err != nil {
			return err
		}
		uploads, err := durable.Buckets(tx, "s3 uploads")
		if err != nil {
			return err
		}
		return durable.Put(uploads, []byte(u.ID), u)
	})
	return gofakes3.UploadID(u.ID), err
}

func (b backend) UploadPart(bucket, key string, id gofakes3.UploadID, number int, size int64, body io.Reader) (string, error) {
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		_, err := uploadOf(tx, bucket, key, id)
		return err
	})
	if err != nil {
		return "", err
	}
	written, err := b.files.write(body, size)
	if err != nil {
		return "", err
	}
	p := part{Number: number, MD5: written.md5, Size: written.size, File: written.file, Modified: b.config.Now().UTC()}
	replaced := ""
	err = b.config.DB.Update(func(tx *bbolt.Tx) error {
		replaced = ""
		if _, err := uploadOf(tx, bucket, key, id); err != nil {
			return err
		}
		parts, err := durable.Buckets(tx, "s3 parts", string(id))
		if err != nil {
			return err
		}
		var old part
		err = durable.Get(parts, durable.Key(uint64(number)), &old)
		if err == nil {
			replaced = old.File
		} else if !errors.Is(err, durable.ErrNotFound) {
			return err
		}
		return durable.Put(parts, durable.Key(uint64(number)), p)
	})
	if err != nil {
		b.files.remove(written.file)
		return "", err
	}
	b.files.remove(replaced)
	return `"` + p.MD5 + `"`, nil
}

func (b backend) AbortMultipartUpload(bucket, key string, id gofakes3.UploadID) error {
	var files []string
	err := b.config.DB.Update(func(tx *bbolt.Tx) error {
		if _, err := uploadOf(tx, bucket, key, id); err != nil {
			return err
		}
		var err error
		files, err = dropUpload(tx, id)
		return err
	})
	if err == nil {
		b.files.remove(files...)
	}
	return err
}

func (b backend) CompleteMultipartUpload(bucket, key string, id gofakes3.UploadID, in *gofakes3.CompleteMultipartUploadRequest) (gofakes3.VersionID, string, error) {
	var u upload
	var kept []part
	err := b.config.DB.View(func(tx *bbolt.Tx) (err error) {
		if u, err = uploadOf(tx, bucket, key, id); err != nil {
			return err
		}
		kept, err = partsOf(tx, id)
		return err
	})
	if err != nil {
		return "", "", err
	}
	chosen, etag, err := choose(kept, in.Parts)
	if err != nil {
		return "", "", err
	}
	body, size := &joined{files: b.files, parts: chosen}, int64(0)
	defer body.Close()
	for _, p := range chosen {
		size += p.Size
	}
	var files []string
	v, err := b.put(creation{
		bucket: bucket, key: key, event: "ObjectCreated:CompleteMultipartUpload", meta: u.Meta, size: size, body: body, etag: etag,
		also: func(tx *bbolt.Tx) (err error) {
			if _, err = uploadOf(tx, bucket, key, id); err != nil {
				return err
			}
			files, err = dropUpload(tx, id)
			return err
		},
	})
	if err != nil {
		return "", "", err
	}
	b.files.remove(files...)
	return gofakes3.VersionID(v.ID), `"` + v.ETag + `"`, nil
}

// choose gives the parts that a completion lists and the ETag of the whole: the MD5 of their MD5s, and
// how many they are.
func choose(kept []part, listed []gofakes3.CompletedPart) ([]part, string, error) {
	if len(listed) == 0 {
		return nil, "", gofakes3.ErrMalformedXML
	}
	if !slices.IsSortedFunc(listed, func(a, b gofakes3.CompletedPart) int { return a.PartNumber - b.PartNumber }) {
		return nil, "", gofakes3.ErrInvalidPartOrder
	}
	var chosen []part
	sum := md5.New()
	for _, l := range listed {
		i := slices.IndexFunc(kept, func(p part) bool { return p.Number == l.PartNumber })
		if i < 0 || kept[i].MD5 != strings.Trim(l.ETag, `"`) {
			return nil, "", gofakes3.ErrorMessagef(gofakes3.ErrInvalidPart, "Part %d was not uploaded, or its ETag is another.", l.PartNumber)
		}
		raw, err := hex.DecodeString(kept[i].MD5)
		if err != nil {
			return nil, "", fmt.Errorf("the hash of part %d: %w", l.PartNumber, err)
		}
		sum.Write(raw)
		chosen = append(chosen, kept[i])
	}
	return chosen, fmt.Sprintf("%s-%d", hex.EncodeToString(sum.Sum(nil)), len(chosen)), nil
}

// joined reads the parts one after the other.
type joined struct {
	files files
	parts []part
	open  io.ReadCloser
}

func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.open == nil {
			if len(j.parts) == 0 {
				return 0, io.EOF
			}
			in, err := j.files.open(j.parts[0].File, nil)
			if err != nil {
				return 0, err
			}
			j.open, j.parts = in, j.parts[1:]
		}
		n, err := j.open.Read(p)
		if err == io.EOF {
			j.Close()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Close lets go of the part that is being read.
func (j *joined) Close() error {
	if j.open == nil {
		return nil
	}
	err := j.open.Close()
	j.open = nil
	return err
}

func (b backend) ListMultipartUploads(bucket string, marker *gofakes3.UploadListMarker, prefix gofakes3.Prefix, limit int64) (*gofakes3.ListMultipartUploadsResult, error) {
	result := &gofakes3.ListMultipartUploadsResult{Bucket: bucket, Prefix: prefix.Prefix, MaxUploads: limit}
	var all []upload
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		uploads := durable.Find(tx, "s3 uploads")
		if uploads == nil {
			return nil
		}
		return uploads.ForEach(func(id, _ []byte) error {
			var u upload
			if err := durable.Get(uploads, id, &u); err != nil {
				return err
			}
			after := marker == nil || u.Key > marker.Object || u.Key == marker.Object && marker.UploadID != "" && u.ID > string(marker.UploadID)
			if u.Bucket == bucket && after && strings.HasPrefix(u.Key, prefix.Prefix) {
				all = append(all, u)
			}
			return nil
		})
	})
	slices.SortFunc(all, func(a, b upload) int { return bytes.Compare([]byte(a.Key+"\x00"+a.ID), []byte(b.Key+"\x00"+b.ID)) })
	for i, u := range all {
		if int64(i) == limit {
			result.IsTruncated = true
			break
		}
		result.NextKeyMarker, result.NextUploadIDMarker = u.Key, gofakes3.UploadID(u.ID)
		result.Uploads = append(result.Uploads, gofakes3.ListMultipartUploadItem{
			Key: u.Key, UploadID: gofakes3.UploadID(u.ID), Initiated: gofakes3.NewContentTime(u.Initiated),
		})
	}
	return result, err
}

func (b backend) ListParts(bucket, key string, id gofakes3.UploadID, marker int, limit int64) (*gofakes3.ListMultipartUploadPartsResult, error) {
	result := &gofakes3.ListMultipartUploadPartsResult{
		Bucket: bucket, Key: key, UploadID: id, PartNumberMarker: marker, MaxParts: limit, StorageClass: gofakes3.StorageStandard,
	}
	err := b.config.DB.View(func(tx *bbolt.Tx) error {
		if _, err := uploadOf(tx, bucket, key, id); err != nil {
			return err
		}
		parts, err := partsOf(tx, id)
		for _, p := range parts {
			if p.Number <= marker {
				continue
			}
			if int64(len(result.Parts)) == limit {
				result.IsTruncated = true
				break
			}
			result.NextPartNumberMarker = p.Number
			result.Parts = append(result.Parts, gofakes3.ListMultipartUploadPartItem{
				PartNumber: p.Number, ETag: `"` + p.MD5 + `"`, Size: p.Size, LastModified: gofakes3.NewContentTime(p.Modified),
			})
		}
		return err
	})
	return result, err
}
