package bucket

import (
	"context"
	"net/http"
)

type Store struct{}

func Open(c Config) (*Store, error)                                                       { return nil, nil }
func (s *Store) Run(ctx context.Context)                                                  {}
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request)                         {}
func (s *Store) Put(ctx context.Context, bucket, key, contentType string, b []byte) error { return nil }
