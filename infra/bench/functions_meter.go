package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// meter is a proxy between functions and the services that counts their calls, and has DynamoDB say what each consumed.
type meter struct {
	url    string
	server *httptest.Server

	mu       sync.Mutex
	calls    map[string]int // by service; a text is "sms"
	rru, wru float64
}

// meter opens one. It adds to the time of each call, so nothing is timed that passes it.
func (s *scene) meter() (*meter, error) {
	db, err := url.Parse(s.DB.Endpoint)
	if err != nil {
		return nil, err
	}
	others, err := url.Parse(*s.AWS().BaseEndpoint)
	if err != nil {
		return nil, err
	}
	m := &meter{calls: map[string]int{}}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			if isDynamoDB(p.In) {
				p.SetURL(db)
				return
			}
			p.SetURL(others)
			p.Out.Host = p.In.Host // which the signature of S3's requests is of
		},
		ModifyResponse: m.answered,
	}
	m.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := m.asked(r); err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	m.url = m.server.URL
	return m, nil
}

func isDynamoDB(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_")
}

// asked counts a call, and asks for what it consumes.
func (m *meter) asked(r *http.Request) error {
	service := "s3"
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if parts := strings.Split(scope, "/"); len(parts) > 3 {
		service = parts[3]
	}
	if service == "dynamodb" || service == "sns" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		if bytes.Contains(body, []byte("PhoneNumber")) && service == "sns" {
			service = "sms"
		}
		if service == "dynamodb" {
			var request map[string]json.RawMessage
			if err := json.Unmarshal(body, &request); err != nil {
				return err
			}
			request["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
			if body, err = json.Marshal(request); err != nil {
				return err
			}
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[service]++
	return nil
}

// answered adds what DynamoDB says that a call consumed: one capacity, or a list of them.
func (m *meter) answered(r *http.Response) error {
	if !isDynamoDB(r.Request) {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	type capacity struct{ CapacityUnits float64 }
	var one struct{ ConsumedCapacity capacity }
	var many struct{ ConsumedCapacity []capacity }
	total := 0.0
	if json.Unmarshal(body, &many) == nil {
		for _, c := range many.ConsumedCapacity {
			total += c.CapacityUnits
		}
	} else if json.Unmarshal(body, &one) == nil {
		total = one.ConsumedCapacity.CapacityUnits
	}
	_, operation, _ := strings.Cut(r.Request.Header.Get("X-Amz-Target"), ".")
	m.mu.Lock()
	defer m.mu.Unlock()
	switch operation {
	case "GetItem", "BatchGetItem", "Query", "Scan":
		m.rru += total
	default:
		m.wru += total
	}
	return nil
}

func (m *meter) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls, m.rru, m.wru = map[string]int{}, 0, 0
}

// read gives what one of n requests came to.
func (m *meter) read(n int) (calls map[string]float64, rru, wru float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls = map[string]float64{}
	for service, c := range m.calls {
		calls[service] = float64(c) / float64(n)
	}
	return calls, m.rru / float64(n), m.wru / float64(n)
}

func (m *meter) close() { m.server.Close() }
