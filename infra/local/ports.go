package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// listen opens a port on the loopback address.
func listen(p port) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.number)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d, for %s, is taken by another program: stop that, or set %s to another port (0 picks a free one)", p.number, p.what, p.variable)
	case err != nil:
		return nil, fmt.Errorf("listen for %s (set %s to another port): %w", p.what, p.variable, err)
	}
	return l, nil
}

// isFree tells whether somebody else may open the port now.
func isFree(p port) error {
	l, err := listen(p)
	if err != nil {
		return err
	}
	return l.Close()
}

// site is one HTTP server.
type site struct {
	listener net.Listener
	server   *http.Server
}

func (s *site) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// url is for people; address, with a number, for programs, which then need no name to be resolved.
func (s *site) url() string     { return "http://localhost:" + strconv.Itoa(s.port()) }
func (s *site) address() string { return "http://127.0.0.1:" + strconv.Itoa(s.port()) }

// serve begins to answer. An end that nobody asked for is told to failed.
func (s *site) serve(handler http.Handler, maxHeader int, failed chan<- error) {
	s.server = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader}
	go func() {
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			select {
			case failed <- fmt.Errorf("the server at %s ended: %w", s.url(), err):
			default: // another failure is being dealt with
			}
		}
	}()
}

// close ends the server at once, or only the listener when it does not serve yet.
func (s *site) close() {
	if s.server != nil {
		_ = s.server.Close()
	}
	_ = s.listener.Close()
}
