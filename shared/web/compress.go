package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// fewBytes is what fits into one packet as it is.
const fewBytes = 1200

// compress makes a page or an asset smaller for a browser that can read it so. The gateway does not: on a slow link that
// would triple the time until something can be read.
//
// JSON stays as it is: it has tokens. A page that has both a secret and what another site put into it could tell of the
// secret by its length; ours show nothing that another site sent beside a token of somebody's texts, and the tokens of forms
// are others each second.
func compress(r *http.Request, header http.Header, body []byte) []byte {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	if kind != "text/html" && kind != "text/css" && kind != "text/javascript" {
		return body
	}
	header.Add("Vary", "Accept-Encoding")
	if len(body) < fewBytes || header.Get("Content-Encoding") != "" || !acceptsGzip(r.Header.Get("Accept-Encoding")) {
		return body
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil || w.Close() != nil { // a buffer takes everything
		return body
	}
	header.Set("Content-Encoding", "gzip")
	header.Set("Content-Length", strconv.Itoa(out.Len()))
	return out.Bytes()
}

// acceptsGzip reads an Accept-Encoding header.
func acceptsGzip(accepts string) bool {
	for part := range strings.SplitSeq(accepts, ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		if strings.EqualFold(name, "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(weight, "q="), 64)
			return weight == "" || err == nil && q > 0
		}
	}
	return false
}
