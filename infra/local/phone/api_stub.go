package phone

import (
	"context"
	"net/http"
)

type Network struct{}

func New(c Config) (*Network, error)                                 { return nil, nil }
func (n *Network) Run(ctx context.Context)                           {}
func (n *Network) Send(ctx context.Context, sms SMS) (string, error) { return "", nil }
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request)  {}
