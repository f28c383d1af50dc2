package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// answersWithin is how long a server may take until its first answer.
const answersWithin = 30 * time.Second

// announce prints each address once it has answered a request, then that all is ready, and puts the
// addresses into endpoints.json, where tests find them.
func (s *stack) announce(ctx context.Context, began time.Time) error {
	s.console.say("VOICE on this machine, from %s; its state is in %s, what functions print in %s",
		filepath.Base(s.settings.template), s.settings.state, filepath.Join(s.settings.state, "logs"))
	s.console.say("  %-9s %s", "DynamoDB", strings.Replace(s.endpoint, "127.0.0.1", "localhost", 1)) // answered when the tables were made
	for _, part := range []struct {
		name, note string
		site       *site
	}{{"S3", s.bucketNote(), s.s3}, {"SNS, SQS", "  (and KMS, Lambda's Invoke)", s.sns}, {"Phones", "", s.phoneNet}, {"Sign-in", "  (staff)", s.signIn}} {
		if err := part.site.awaitAnswer(ctx); err != nil {
			return err
		}
		s.console.say("  %-9s %s%s", part.name, part.site.url(), part.note)
	}
	// The API is asked for its first page, which also starts that page's function.
	status, err := s.firstPage(ctx)
	if err != nil {
		return err
	}
	note := ""
	if status >= http.StatusInternalServerError {
		note = fmt.Sprintf("  (its first page answers %d; look into %s)", status, filepath.Join(s.settings.state, "logs"))
	}
	s.console.say("  %-9s %s%s", "API", s.api.url(), note)

	data, err := json.MarshalIndent(map[string]string{
		"api": s.api.address(), "phone": s.phoneNet.address(), "s3": s.s3.address(), "sns": s.sns.address(), "dynamodb": s.endpoint,
		"sign_in": s.signIn.url(),
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := s.state.write("endpoints.json", data); err != nil {
		return err
	}
	if err := s.writeReplay(); err != nil {
		return err
	}
	s.console.say("ready in %.1fs", time.Since(began).Seconds())
	return nil
}

// bucketNote names the bucket that takes uploads.
func (s *stack) bucketNote() string {
	if name, prefix := s.uploads(); name != "" {
		return fmt.Sprintf("  (uploads: s3://%s/%s)", name, prefix)
	}
	return ""
}

// awaitAnswer asks the server itself, not what it serves: Go's server answers OPTIONS * on its own.
func (s *site) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answersWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodOptions, s.address(), nil)
	if err != nil {
		return err
	}
	request.URL.Opaque = "*"
	_, err = answer(request)
	return err
}

func (s *stack) firstPage(ctx context.Context) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, answersWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.api.address()+"/", nil)
	if err != nil {
		return 0, err
	}
	return answer(request)
}

func answer(request *http.Request) (status int, err error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("wait for an answer: %w", err)
	}
	return response.StatusCode, response.Body.Close()
}
