package bucket

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// etagHeader carries the true ETag past gofakes3, which can only write a plain hash. Lower case.
const etagHeader = "x-local-etag"

// ServeHTTP answers the S3 protocol. It sets right what gofakes3 does not know: aws-chunked bodies with
// trailers, UploadPartCopy, browsers' forms, HEAD of a version, expired presigned requests, ETags of multipart objects, and metadata
// names in lower case.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.presignExpired(r) {
		refuse(w, http.StatusForbidden, "AccessDenied", "Request has expired")
		return
	}
	if isForm(r) {
		s.serveForm(w, r)
		return
	}
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		unchunk(r)
	}
	if r.Method == http.MethodHead && r.URL.Query().Has("versionId") {
		asGet := r.Clone(r.Context()) // the server drops the body of the answer, having seen HEAD itself
		asGet.Method = http.MethodGet
		r = asGet
	}
	if isCopyPart(r) {
		s.serveCopyPart(w, r)
		return
	}
	corrected := &response{ResponseWriter: w}
	s.s3.ServeHTTP(corrected, r)
	corrected.correct() // an answer without a body has not been written yet
}

// presignExpired says whether a presigned request is past its time. Its signature is not checked.
func (s *Store) presignExpired(r *http.Request) bool {
	q := r.URL.Query()
	signed, err := time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
	seconds, err2 := strconv.Atoi(q.Get("X-Amz-Expires"))
	return err == nil && err2 == nil && s.config.Now().After(signed.Add(time.Duration(seconds)*time.Second))
}

// response is a ResponseWriter that corrects headers just before they are sent.
type response struct {
	http.ResponseWriter
	sent bool
}

// WriteHeader corrects the headers and sends them.
func (w *response) WriteHeader(status int) {
	w.correct()
	w.ResponseWriter.WriteHeader(status)
}

// Write corrects the headers, if they have not been sent, and writes.
func (w *response) Write(p []byte) (int, error) {
	w.correct()
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets the server send a file without copying it through memory.
func (w *response) ReadFrom(r io.Reader) (int64, error) {
	w.correct()
	return io.Copy(w.ResponseWriter, r)
}

// Unwrap gives the writer beneath to http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *response) correct() {
	if w.sent {
		return
	}
	w.sent = true
	h := w.Header()
	if etag := h.Get(etagHeader); etag != "" {
		h.Set("ETag", etag)
		h.Del(etagHeader)
	}
	for name, values := range h {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			delete(h, name)
			h[strings.ToLower(name)] = values
		}
	}
}

// unchunk replaces an aws-chunked body by the body in it. Signatures and trailing checksums are not checked.
func unchunk(r *http.Request) {
	size := r.Header.Get("X-Amz-Decoded-Content-Length")
	r.Header.Set("Content-Length", size)
	r.ContentLength = -1
	if n, err := strconv.ParseInt(size, 10, 64); err == nil {
		r.ContentLength = n
	}
	r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	encoding := strings.TrimSuffix(strings.TrimSuffix(r.Header.Get("Content-Encoding"), "aws-chunked"), ",")
	r.Header.Del("Content-Encoding")
	if encoding != "" {
		r.Header.Set("Content-Encoding", encoding)
	}
	r.Body = &chunked{in: bufio.NewReader(r.Body), body: r.Body}
}

// errChunk is reported for a body that is not aws-chunked as its headers say.
var errChunk = errors.New("the aws-chunked body is malformed")

// chunked reads the data out of an aws-chunked body.
type chunked struct {
	in   *bufio.Reader
	body io.Closer
	left int64 // of the chunk that is being read
	end  error // set once the last chunk was met, or something went wrong
	any  bool  // a chunk has been read, whose line end comes before the next
}

func (c *chunked) Read(p []byte) (int, error) {
	if c.left == 0 && c.end == nil {
		c.end = c.nextChunk()
	}
	if c.end != nil {
		return 0, c.end
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// nextChunk reads a chunk's head; io.EOF after the last one and its trailers.
func (c *chunked) nextChunk() error {
	if c.any {
		if line, err := c.line(); err != nil || line != "" {
			return errors.Join(errChunk, err)
		}
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(line, ";")
	if c.left, err = strconv.ParseInt(size, 16, 64); err != nil || c.left < 0 {
		return fmt.Errorf("%w: a chunk's size", errChunk)
	}
	if c.left > 0 {
		c.any = true
		return nil
	}
	for { // trailers, up to an empty line or the end
		line, err := c.line()
		if errors.Is(err, io.ErrUnexpectedEOF) || err == nil && line == "" {
			return io.EOF
		}
		if err != nil {
			return err
		}
	}
}

// line reads up to a line end, which it leaves out.
func (c *chunked) line() (string, error) {
	line, err := c.in.ReadString('\n')
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimRight(line, "\r\n"), err
}

func (c *chunked) Close() error { return c.body.Close() }
