// Package channel is the local runner's other ways to people than SNS: AWS End User Messaging, which sends texts, and
// Amazon SES, which sends mail. Both hand what they take to the phone network, whose rules decide what becomes of it.
//
// Limits: of each API the one call that sends, and of that what VOICE uses. Any origination identity, configuration set
// and sender's address is as good as another, and no signature is checked.
package channel

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"voice.example/infra/local/phone"
)

// maxRequest bounds what a caller sends.
const maxRequest = 1 << 20

// service answers both APIs.
type service struct {
	phones *phone.Network
	log    *slog.Logger // never sees a number or an address
}

// Mux sends calls of End User Messaging and SES to the phone network, and all others to next, for one port that speaks
// all of them.
func Mux(phones *phone.Network, log *slog.Logger, next http.Handler) http.Handler {
	s := &service{phones: phones, log: log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.Header.Get("X-Amz-Target"), targetPrefix):
			s.serveEndUserMessaging(w, r)
		case strings.HasPrefix(r.URL.Path, mailPrefix):
			s.serveSES(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// read decodes a request of JSON.
func read(w http.ResponseWriter, r *http.Request, into any) error {
	return json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(into)
}
