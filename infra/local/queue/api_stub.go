package queue

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"voice.example/infra/local/durable"
)

type Service struct{}

func Open(db *durable.DB, now func() time.Time, region string, configs ...Config) (*Service, error) {
	return nil, nil
}
func (s *Service) Queue(nameOrARN string) (*Queue, error)                  { return nil, nil }
func (s *Service) Queues() []*Queue                                        { return nil }
func (s *Service) SendAll(ctx context.Context, messages []Addressed) error { return nil }
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request)        {}

type Queue struct{}

func (q *Queue) Send(ctx context.Context, m Outgoing) (id string, err error) { return "", nil }
func (q *Queue) Counts() Counts                                              { return Counts{} }

type Invoker interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}
type SourceConfig struct {
	Queue                   *Queue
	Invoker                 Invoker
	BatchSize               int
	MaximumBatchingWindow   time.Duration
	MaximumConcurrency      int
	ReportBatchItemFailures bool
	Log                     *slog.Logger
}
type Source struct{}

func NewSource(c SourceConfig) (*Source, error) { return nil, nil }
func (s *Source) Run(ctx context.Context)       {}
