package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/permission"
	"voice.example/infra/local/template"
)

// access is how a function calls services: what it signs with, and where DynamoDB is for it.
type access struct {
	credentials aws.Credentials
	dynamodb    string
}

// readPolicies reads what functions may do, and opens the record of what they do.
func (s *stack) readPolicies(context.Context) (err error) {
	if s.policies, err = permission.Read(s.template); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(s.settings.template), err)
	}
	if s.record, err = permission.OpenRecord(s.state.path(permission.FileName), s.policies.Grants()); err != nil {
		return err
	}
	s.gate = permission.NewGate(s.policies, s.record, s.console.warn)
	return nil
}

// admit holds a function to its role. One without a role of the template, and every one while DynamoDB is AWS's own, which
// checks by itself and knows no keys of this machine, is held to nothing.
func (s *stack) admit(f template.Function) (access, error) {
	free := access{s.credentials(), s.endpoint}
	role, ok := s.policies.Role(f.RoleARN)
	if !ok {
		return free, nil
	}
	if err := s.policies.Lambda(role, f, s.record); err != nil {
		return access{}, err
	}
	if free.credentials.AccessKeyID != dynamodb.AccessKey {
		return free, nil
	}
	if err := s.openCalls(); err != nil {
		return access{}, err
	}
	return access{aws.Credentials{AccessKeyID: s.gate.Admit(role, f.Folder), SecretAccessKey: dynamodb.SecretKey}, s.calls.address()}, nil
}

// openCalls puts the gate before DynamoDB, once, at an address of its own.
func (s *stack) openCalls() error {
	if s.calls != nil {
		return nil
	}
	to, err := url.Parse(s.endpoint)
	if err != nil {
		return fmt.Errorf("read DynamoDB's address: %w", err)
	}
	listener, err := listen(port{what: "functions' calls to DynamoDB"})
	if err != nil {
		return err
	}
	s.calls = &site{listener: listener}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			// Some DynamoDBs have a set of tables for each access key: the tables are the runner's.
			signed := r.Out.Header.Get("Authorization")
			if key, _ := permission.Signer(r.In); key != "" {
				r.Out.Header.Set("Authorization", strings.Replace(signed, "Credential="+key+"/", "Credential="+dynamodb.AccessKey+"/", 1))
			}
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Minute, DisableCompression: true},
		// A function that was killed has gone; that is no news.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	s.calls.serve(s.gate.Before(proxy), http.DefaultMaxHeaderBytes, s.failed)
	return nil
}
