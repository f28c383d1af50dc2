package bucket

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// maxField is how many bytes the fields of a form may have together, as in S3.
const maxField = 20 << 10

// isForm says whether a request is a form that a browser sends with a file in it.
func isForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && r.Method == http.MethodPost && kind == "multipart/form-data"
}

// formError refuses a form.
type formError struct {
	status        int
	code, message string
}

func (e *formError) Error() string { return "s3: " + e.code + ": " + e.message }

func denied(format string, values ...any) error {
	return &formError{http.StatusForbidden, "AccessDenied", "Invalid according to Policy: " + fmt.Sprintf(format, values...)}
}

// serveForm takes an object from a browser's form. It holds the form to its policy as S3 does, but checks no signature, and knows
// no ${filename} in a key.
func (s *Store) serveForm(w http.ResponseWriter, r *http.Request) {
	v, fields, err := s.takeForm(r)
	if err != nil {
		var known *formError
		var code interface{ ErrorCode() gofakes3.ErrorCode }
		switch {
		case errors.As(err, &known):
		case errors.As(err, &code):
			known = &formError{code.ErrorCode().Status(), string(code.ErrorCode()), code.ErrorCode().Message()}
		default:
			s.config.Log.Error("s3", "error", err)
			known = &formError{http.StatusInternalServerError, "InternalError", "Something went wrong."}
		}
		refuse(w, known.status, known.code, known.message)
		return
	}
	bucket := strings.Trim(r.URL.Path, "/")
	w.Header().Set("ETag", `"`+v.ETag+`"`)
	w.Header().Set("X-Amz-Version-Id", v.ID)
	to, err := url.Parse(fields["success_action_redirect"])
	if err != nil || !to.IsAbs() {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	query := to.Query()
	query.Set("bucket", bucket)
	query.Set("key", v.Key)
	query.Set("etag", `"`+v.ETag+`"`)
	to.RawQuery = query.Encode()
	w.Header().Set("Location", to.String())
	w.WriteHeader(http.StatusSeeOther)
}

// refuse answers with an error of S3's.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: message})
}

// takeForm reads a form up to its file, which comes last, and writes the object. It gives the form's fields, by their names in
// small letters.
func (s *Store) takeForm(r *http.Request) (*version, map[string]string, error) {
	malformed := &formError{http.StatusBadRequest, "MalformedPOSTRequest", "The body is no form with a file in it."}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, malformed
	}
	bucket, fields := strings.Trim(r.URL.Path, "/"), map[string]string{}
	for left := maxField; ; {
		part, err := parts.NextPart()
		if err != nil {
			return nil, nil, malformed
		}
		name := strings.ToLower(part.FormName())
		if name == "file" {
			v, err := s.putForm(bucket, fields, part)
			return v, fields, err
		}
		value, err := io.ReadAll(io.LimitReader(part, int64(left)+1))
		if left -= len(value); err != nil || left < 0 {
			return nil, nil, &formError{http.StatusBadRequest, "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large."}
		}
		fields[name] = string(value)
	}
}

func (s *Store) putForm(bucket string, fields map[string]string, file *multipart.Part) (*version, error) {
	p, err := readPolicy(fields["policy"])
	if err != nil {
		return nil, err
	}
	if err := p.allows(bucket, fields, s.config.Now()); err != nil {
		return nil, err
	}
	if may := s.config.MayPut; may != nil && !may(fields["x-amz-credential"], bucket, fields["key"]) {
		return nil, &formError{http.StatusForbidden, "AccessDenied", "Access Denied"}
	}
	meta := map[string]string{}
	for name, value := range fields {
		if name == "content-type" || strings.HasPrefix(name, "x-amz-meta-") {
			meta[textproto.CanonicalMIMEHeaderKey(name)] = value
		}
	}
	return s.put(creation{bucket: bucket, key: fields["key"], event: "ObjectCreated:Post", meta: meta, size: -1, body: &measured{from: file, policy: p}})
}

// policy is what a form may put where.
type policy struct {
	Expiration time.Time
	Conditions []any

	least, most int64 // bytes of the file
}

func readPolicy(encoded string) (*policy, error) {
	wrong := &formError{http.StatusBadRequest, "InvalidPolicyDocument", "The form has no policy that can be read."}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, wrong
	}
	p := policy{most: 5 << 30}
	if json.Unmarshal(text, &p) != nil {
		return nil, wrong
	}
	return &p, nil
}

// allows holds a form to the policy: each condition is met, and each field is in a condition.
func (p *policy) allows(bucket string, fields map[string]string, now time.Time) error {
	if now.After(p.Expiration) {
		return denied("Policy expired.")
	}
	value := func(name string) string {
		if name == "bucket" {
			return bucket
		}
		return fields[name]
	}
	named := map[string]bool{"policy": true, "x-amz-signature": true}
	for _, c := range p.Conditions {
		switch c := c.(type) {
		case map[string]any:
			for name, want := range c {
				name = strings.ToLower(name)
				if named[name] = true; value(name) != want {
					return denied("Policy Condition failed: [eq, $%s]", name)
				}
			}
		case []any:
			if len(c) != 3 {
				return denied("a condition has three parts")
			}
			kind, _ := c[0].(string)
			name, _ := c[1].(string)
			want, _ := c[2].(string)
			name = strings.ToLower(strings.TrimPrefix(name, "$"))
			switch named[name] = true; {
			case kind == "content-length-range":
				least, _ := c[1].(float64)
				most, _ := c[2].(float64)
				p.least, p.most = int64(least), int64(most)
			case kind == "eq" && value(name) == want, kind == "starts-with" && strings.HasPrefix(value(name), want):
			default:
				return denied("Policy Condition failed: [%s, $%s]", kind, name)
			}
		}
	}
	for name := range fields {
		if !named[name] && !strings.HasPrefix(name, "x-ignore-") {
			return denied("Extra input fields: %s", name)
		}
	}
	return nil
}

// measured reads a file that has as many bytes as the policy says, or fails.
type measured struct {
	from   io.Reader
	policy *policy
	read   int64
}

func (m *measured) Read(b []byte) (int, error) {
	n, err := m.from.Read(b)
	m.read += int64(n)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, gofakes3.ErrIncompleteBody
	case m.read > m.policy.most:
		return 0, &formError{http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"}
	case err == io.EOF && m.read < m.policy.least:
		return 0, &formError{http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"}
	}
	return n, err
}
