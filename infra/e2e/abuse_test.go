package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAbuse asks the service as those do who want to harm it. The stack stands behind an edge, and has limits that a test can
// reach.
func TestAbuse(t *testing.T) {
	const secret, next = "edgeedgeedgeedgeedgeedgeedgeedge1", "edgeedgeedgeedgeedgeedgeedgeedge2"
	s := start(t, "--param", "OriginSecrets="+secret+","+next, "--param", "LookupsPerMinute=6", "--param", "CodesPerAddressPerHour=5")
	by := func(address string) []string { return []string{"Voice-Origin", secret, "Voice-Viewer", address} }
	t.Run("PastTheEdge", func(t *testing.T) {
		for _, path := range []string{"/", "/alerts", "/staff/sign-in", "/v1/staff/me"} {
			for _, header := range [][]string{nil, {"Voice-Origin", secret[1:]}, {"Voice-Viewer", "192.0.2.1"}} {
				if r := ask(t, "GET", s.API+path, "", "", header...); r.status != http.StatusForbidden || !strings.Contains(r.body, "not_by_edge") {
					t.Errorf("%s: %d %s", path, r.status, r.body)
				}
			}
		}
		for _, known := range []string{secret, next} {
			if r := ask(t, "GET", s.API+"/", "", "", "Voice-Origin", known); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.body)
			}
		}
	})
	t.Run("OneAddressThatAsksForManyCodes", func(t *testing.T) {
		p := s.person()
		for n := range 6 {
			r := s.json(t, "POST", "/v1/subscriptions", p.application(s.phone()), by("192.0.2.10")...)
			if (r.status == http.StatusTooManyRequests) != (n == 5) {
				t.Errorf("code %d: %d %s", n, r.status, r.body)
			}
		}
		if r := s.json(t, "POST", "/v1/subscriptions", p.application(s.phone()), by("192.0.2.11")...); r.status != http.StatusAccepted {
			t.Errorf("another address: %d %s", r.status, r.body)
		}
	})
	t.Run("PhonesAbroad", func(t *testing.T) {
		before := len(s.texts(t, ""))
		for _, number := range []string{"+18765550143", "+525512345678", "+19002345678"} {
			r := s.json(t, "POST", "/v1/subscriptions", s.person().application(number), by("192.0.2.12")...)
			if r.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", number, r.status, r.body)
			}
		}
		if after := len(s.texts(t, "")); after != before {
			t.Errorf("%d texts went", after-before)
		}
	})
	t.Run("NumbersThatAreTriedOut", func(t *testing.T) {
		began := time.Now()
		for n := range 8 {
			body := map[string]string{"a_number": s.person().aNumber, "country_of_birth": "MX"}
			if r := s.json(t, "POST", "/v1/custody/search", body, by(fmt.Sprintf("198.51.100.%d", n))...); r.status != http.StatusNotFound {
				t.Errorf("%d %s", r.status, r.body)
			}
		}
		if took := time.Since(began); took < time.Second {
			t.Errorf("eight numbers took %s", took)
		}
	})
	t.Run("HeadThatIsTooLarge", func(t *testing.T) {
		var head strings.Builder
		for n := range 400 {
			fmt.Fprintf(&head, "X-%d: %s\r\n", n, strings.Repeat("a", 40))
		}
		if got := knock(t, s, "GET / HTTP/1.1\r\nHost: x\r\n"+head.String()+"\r\n"); got != "431" {
			t.Errorf("answered %q", got)
		}
	})
	t.Run("HostIsNobodysWord", func(t *testing.T) {
		phone := s.phone()
		var answer struct {
			ID string `json:"subscription_id"`
		}
		s.json(t, "POST", "/v1/subscriptions", s.person().application(phone), by("192.0.2.13")...).decode(t, http.StatusAccepted, &answer)
		if r := s.json(t, "POST", "/v1/subscriptions/"+answer.ID+"/verify", map[string]string{"code": s.code(t, phone)}, by("192.0.2.13")...); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		body := `{"phone":"` + phone + `"}`
		got := knock(t, s, fmt.Sprintf("POST http://evil.example/v1/manage HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nVoice-Origin: %s\r\n"+
			"Voice-Viewer: 192.0.2.13\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", secret, len(body), body))
		texts := s.texts(t, phone)
		last := texts[len(texts)-1].Body
		if got != "202" || len(texts) != 2 || strings.Contains(last, "evil") || !strings.Contains(last, "open http://localhost:") {
			t.Errorf("%s; the text is %q", got, last)
		}
	})
}

// knock sends bytes as they are and gives the status of the first answer.
func knock(t *testing.T, s *stack, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.Replace(strings.TrimPrefix(s.API, "http://"), "localhost", "127.0.0.1", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(conn).ReadString('\n')
	if len(line) < 12 {
		return line
	}
	return line[9:12]
}
