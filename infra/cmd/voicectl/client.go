package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// answerWithin is how long the API may take; API Gateway gives up after 30 s itself.
const answerWithin = 40 * time.Second

// problem is a problem document of the API.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Errors []struct {
		Field   string `json:"field"`
		Problem string `json:"problem"`
	} `json:"errors"`
}

func (p *problem) Error() string {
	text := p.Title
	if p.Detail != "" {
		text += ". " + p.Detail
	}
	for _, e := range p.Errors {
		text += fmt.Sprintf("\n  %s: %s", e.Field, e.Problem)
	}
	return text
}

// checkAPI finds out where the API is. A token is sent there, so nobody may listen on the way.
func (p *program) checkAPI() error {
	if p.api == "" {
		p.api = p.getenv("VOICE_API")
	}
	if p.api == "" {
		p.api = "http://localhost:8080"
	}
	p.api = strings.TrimRight(p.api, "/")
	if err := checkAddress(p.api); err != nil {
		return usage("--api: %w", err)
	}
	return nil
}

// checkAddress takes https, and http on this machine alone.
func checkAddress(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return fmt.Errorf("%q is no address such as https://voice.example", address)
	}
	host := parsed.Hostname()
	if ip := net.ParseIP(host); parsed.Scheme == "https" || parsed.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%s is not https, and not this machine", address)
}

// call asks the API as whoever has signed in.
func (p *program) call(ctx context.Context, method, path string, in, out any) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	return p.ask(ctx, token, method, path, in, out)
}

// ask sends a request and reads its answer into out, or its problem into the error.
func (p *program) ask(ctx context.Context, token, method, path string, in, out any) error {
	if in == nil {
		return p.request(ctx, token, method, path, "", nil, out)
	}
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return p.request(ctx, token, method, path, "application/json", bytes.NewReader(text), out)
}

// request is ask with a body of any kind; "" is none.
func (p *program) request(ctx context.Context, token, method, path, kind string, body io.Reader, out any) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, p.api+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := p.client.Do(r)
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", p.api, bare(err))
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("the answer of %s broke off: %w", p.api, err)
	}
	if response.StatusCode >= 300 {
		refused := &problem{}
		if json.Unmarshal(text, refused) != nil || refused.Title == "" {
			refused.Title = fmt.Sprintf("%s answers %s", p.api, response.Status)
		}
		refused.Status = response.StatusCode
		return refused
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("the answer of %s is not what was expected: %w", p.api, err)
	}
	return nil
}

// bare takes the address out of an error: it may be signed, and so be a key to what it names.
func bare(err error) error {
	var addressed *url.Error
	if errors.As(err, &addressed) {
		return addressed.Err
	}
	return err
}

// uploadPath is the path of an upload, or of something of it.
func uploadPath(id string, more ...string) string {
	return "/v1/staff/uploads/" + url.PathEscape(id) + strings.Join(append([]string{""}, more...), "/")
}
