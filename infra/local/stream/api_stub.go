package stream

import "context"

type Failure struct{}

func (f Failure) Metadata() []byte    { return nil }
func (f Failure) WithPayload() []byte { return nil }
func (f Failure) ObjectKey() string   { return "" }

type Mapping struct{}

func New(c Config) (*Mapping, error)       { return nil, nil }
func (m *Mapping) Run(ctx context.Context) {}
