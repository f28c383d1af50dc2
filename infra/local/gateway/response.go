package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// answer is a function's answer with a status code.
type answer struct {
	StatusCode      *json.Number      `json:"statusCode"`
	Headers         map[string]scalar `json:"headers"`
	Cookies         []string          `json:"cookies"`
	Body            *string           `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

// scalar is a header's value; numbers and booleans are taken as well as strings.
type scalar string

func (s *scalar) UnmarshalJSON(data []byte) error {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	switch v := value.(type) {
	case string:
		*s = scalar(v)
	case float64, bool:
		*s = scalar(data)
	default:
		return fmt.Errorf("a header is a string, not %s", data)
	}
	return nil
}

// write sends what the function answered. On an error nothing has been sent.
func write(rw http.ResponseWriter, payload []byte) error {
	if !json.Valid(payload) {
		return errors.New("the answer is not JSON")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(payload, &fields) != nil || fields["statusCode"] == nil {
		return writeSimple(rw, payload)
	}
	var a answer
	if err := json.Unmarshal(payload, &a); err != nil || a.StatusCode == nil {
		return errors.New("the answer has the wrong shape")
	}
	status, err := strconv.Atoi(a.StatusCode.String())
	if err != nil || status < 100 || status > 599 {
		return fmt.Errorf("%s is not a status", a.StatusCode)
	}
	var body []byte
	if a.Body != nil {
		body = []byte(*a.Body)
	}
	if a.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(string(body)); err != nil {
			return errors.New("the body is not base64")
		}
	}
	header := rw.Header()
	header.Set("Content-Type", "text/plain;charset=UTF-8")
	for name, value := range a.Headers {
		if !isOurs(name) {
			header.Set(name, string(value))
		}
	}
	for _, cookie := range a.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	send(rw, status, body)
	return nil
}

// writeSimple sends an answer without a status code, which is taken as the body of a 200.
func writeSimple(rw http.ResponseWriter, payload []byte) error {
	var text string
	body := bytes.TrimSpace(payload)
	if json.Unmarshal(body, &text) == nil {
		body = []byte(text)
	}
	rw.Header().Set("Content-Type", "application/json")
	send(rw, http.StatusOK, body)
	return nil
}

func send(rw http.ResponseWriter, status int, body []byte) {
	if status != http.StatusNoContent && status != http.StatusNotModified && status >= 200 {
		rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	rw.WriteHeader(status)
	_, _ = rw.Write(body) // a client that has gone away is nobody's error
}

// isOurs tells the headers that belong to the connection, which a function cannot set.
func isOurs(name string) bool {
	switch strings.ToLower(name) {
	case "connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade":
		return true
	}
	return false
}
