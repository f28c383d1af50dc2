package bucket

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// isCopyPart says whether a request is UploadPartCopy, which gofakes3 does not know.
func isCopyPart(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Query().Has("uploadId") && r.Header.Get("X-Amz-Copy-Source") != ""
}

// serveCopyPart makes a part of an upload from an object, or from a range of it.
func (s *Store) serveCopyPart(w http.ResponseWriter, r *http.Request) {
	p, err := s.copyPart(r)
	w.Header().Set("Content-Type", "application/xml")
	if err != nil {
		code := gofakes3.ErrInternal
		var known interface{ ErrorCode() gofakes3.ErrorCode }
		if errors.As(err, &known) {
			code = known.ErrorCode()
		} else {
			s.config.Log.Error("s3", "error", err)
		}
		w.WriteHeader(code.Status())
		xml.NewEncoder(w).Encode(gofakes3.ErrorResponse{Code: code, Message: code.Message()})
		return
	}
	xml.NewEncoder(w).Encode(struct {
		XMLName      xml.Name `xml:"CopyPartResult"`
		ETag         string
		LastModified string
	}{ETag: p, LastModified: s.config.Now().UTC().Format(time.RFC3339)})
}

// copyPart writes the part and gives its ETag.
func (s *Store) copyPart(r *http.Request) (etag string, err error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	source, versionQuery, _ := strings.Cut(r.Header.Get("X-Amz-Copy-Source"), "?")
	if source, err = url.PathUnescape(source); err != nil {
		return "", gofakes3.ErrInvalidArgument
	}
	version, err := url.ParseQuery(versionQuery)
	if err != nil {
		return "", gofakes3.ErrInvalidArgument
	}
	fromBucket, fromKey, _ := strings.Cut(strings.TrimPrefix(source, "/"), "/")
	number, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil || number < 1 || number > gofakes3.MaxUploadPartNumber {
		return "", gofakes3.ErrInvalidPart
	}
	from, err := s.find(fromBucket, fromKey, version.Get("versionId"))
	if err != nil {
		return "", err
	}
	if from.DeleteMarker {
		return "", gofakes3.KeyNotFound(fromKey)
	}
	part := &gofakes3.ObjectRange{Length: from.Size}
	if wanted := r.Header.Get("X-Amz-Copy-Source-Range"); wanted != "" {
		first, last, _ := strings.Cut(strings.TrimPrefix(wanted, "bytes="), "-")
		start, err1 := strconv.ParseInt(first, 10, 64)
		end, err2 := strconv.ParseInt(last, 10, 64)
		if err1 != nil || err2 != nil || start < 0 || end < start || end >= from.Size {
			return "", gofakes3.ErrInvalidRange
		}
		part = &gofakes3.ObjectRange{Start: start, Length: end - start + 1}
	}
	body, err := s.files.open(from.File, part)
	if err != nil {
		return "", err
	}
	defer body.Close()
	return backend{s}.UploadPart(bucket, key, gofakes3.UploadID(r.URL.Query().Get("uploadId")), number, part.Length, body)
}
