// Package dynamodb runs a DynamoDB on this machine and makes the template's tables in it.
//
// The DynamoDB is dynoxide, one small program that speaks DynamoDB's and DynamoDB Streams' wire
// protocol on top of SQLite. It is fetched by npm (see package.json beside this package).
//
// Limits: dynoxide does not delete expired items in time, emits a stream record even for a put that
// changes nothing, and has one shard per stream. It checks no signature.
package dynamodb

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/child"
)

// readyWithin bounds how long a start may take; it is ordinarily some 20 ms.
const readyWithin = 15 * time.Second

// Config says which DynamoDB to start.
type Config struct {
	Binary string // the dynoxide executable, see FindBinary
	Port   int    // 0 picks a free one
	Path   string // the database file; "" keeps everything in memory
}

// Server is a running DynamoDB.
type Server struct {
	Endpoint string // its URL, without a final slash
	process  *child.Process
	output   *tail
}

// Start starts a DynamoDB and returns once it has answered a request. It dies with this program.
func Start(ctx context.Context, config Config) (*Server, error) {
	if config.Port != 0 {
		// A program that has the port already would answer in place of a dynoxide that has not yet noticed.
		if err := isFree(config.Port); err != nil {
			return nil, err
		}
		return start(ctx, config, config.Port)
	}
	// Dynoxide cannot pick a port itself. Somebody may take the one found here first: try again then.
	var err error
	for range 5 {
		var port int
		if port, err = freePort(); err != nil {
			return nil, err
		}
		var server *Server
		if server, err = start(ctx, config, port); err == nil {
			return server, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

func start(ctx context.Context, config Config, port int) (*Server, error) {
	args := []string{"serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port)}
	if config.Path != "" {
		args = append(args, "--db-path", config.Path)
	}
	s := &Server{Endpoint: "http://127.0.0.1:" + strconv.Itoa(port), output: &tail{}}
	cmd := exec.Command(config.Binary, args...)
	cmd.Stdout, cmd.Stderr = s.output, s.output
	cmd.Env = []string{} // it needs nothing, and must not pick up credentials
	process, err := child.Start(cmd)
	if err != nil {
		return nil, err
	}
	s.process = process
	if err := s.awaitReady(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// awaitReady asks until an answer comes from this very process.
func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	client := Client(s.Endpoint)
	var last error
	for {
		_, last = client.ListTables(ctx, &dynamodb.ListTablesInput{}, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
		select {
		case <-s.process.Done(): // before looking at the answer: another program may hold the port
			return fmt.Errorf("dynoxide ended at once (%v): %s", s.process.Err(), s.output)
		case <-ctx.Done():
			return fmt.Errorf("dynoxide does not answer at %s: %w", s.Endpoint, last)
		case <-time.After(5 * time.Millisecond):
		}
		if last == nil {
			return nil
		}
	}
}

// Done is closed when the server has ended, whoever ended it.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Output is the last that the server printed, for error messages.
func (s *Server) Output() string { return s.output.String() }

// Stop ends the server, first politely so that it can close its file.
func (s *Server) Stop() { s.process.Stop(3 * time.Second) }

func isFree(port int) error {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return fmt.Errorf("dynoxide's port: %w", err)
	}
	return l.Close()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the last of what a program prints.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4 << 10

// Write keeps at most the last 4 KiB. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if extra := len(t.text) - tailSize; extra > 0 {
		t.text = bytes.Clone(t.text[extra:])
	}
	return len(p), nil
}

// String gives what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
