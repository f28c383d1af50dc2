package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/spf13/cobra"
	"golang.org/x/oauth2"
)

// loginPort is where the browser comes back to. The client in template.yaml names it.
const loginPort = 8976

// loginWithin is how long a person may take to sign in.
const loginWithin = 10 * time.Minute

// person is who has signed in, as the API says.
type person struct {
	Subject string   `json:"subject"`
	Name    string   `json:"name"`
	Email   string   `json:"email"`
	Roles   []string `json:"roles"`
	May     []string `json:"may"`
}

func (who person) roles() string {
	if len(who.Roles) == 0 {
		return "no role yet"
	}
	return strings.Join(who.Roles, ", ")
}

func (p *program) loginCommand() *cobra.Command {
	var port int
	cmd := &cobra.Command{
		Use: "login", Short: "Sign in, in a browser", Args: noArguments,
		Long: `Signs you in. It prints an address to open in a browser on this machine and waits until you have signed in there.
The sign-in is kept in your configuration folder, for you alone, until it ends by itself.`,
		Example: "  voicectl login\n  voicectl login --api https://voice.example",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.login(cmd.Context(), port)
		},
	}
	cmd.Flags().IntVar(&port, "port", loginPort, "the port on this machine that the browser comes back to")
	return cmd
}

// login is the code flow with PKCE, ending at a loopback address (RFC 8252).
func (p *program) login(ctx context.Context, port int) error {
	ctx, cancel := context.WithTimeout(ctx, loginWithin)
	defer cancel()
	var place struct {
		Issuer   string   `json:"issuer"`
		ClientID string   `json:"client_id"`
		Scopes   []string `json:"scopes"`
	}
	if err := p.ask(ctx, "", http.MethodGet, "/v1/staff/sign-in", nil, &place); err != nil {
		return err
	}
	if err := checkAddress(place.Issuer); err != nil {
		return fmt.Errorf("the sign-in that %s names cannot be used: %w", p.api, err)
	}
	ctx = oidc.ClientContext(ctx, p.client)
	provider, err := oidc.NewProvider(ctx, place.Issuer)
	if err != nil {
		return fmt.Errorf("the sign-in service does not answer: %w", bare(err))
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d, which the browser comes back to, cannot be used (is another voicectl login running?): %w", port, err)
	}
	defer listener.Close()
	flow := &flow{
		state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), done: make(chan answer, 1),
		config: oauth2.Config{ClientID: place.ClientID, Endpoint: provider.Endpoint(), Scopes: place.Scopes,
			RedirectURL: fmt.Sprintf("http://localhost:%d/callback", listener.Addr().(*net.TCPAddr).Port)},
	}
	server := &http.Server{Handler: flow, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() {
		closing, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(closing) // lets the browser have its last page
	}()

	p.say("Open this address in a browser on this machine, and sign in:\n\n  %s\n", flow.address())
	var came answer
	select {
	case <-ctx.Done():
		return errors.New("nobody signed in: begin again")
	case came = <-flow.done:
	}
	if came.err != nil {
		return came.err
	}
	return p.keep(ctx, flow, provider.Verifier(&oidc.Config{ClientID: place.ClientID, Now: p.now}), came.code)
}

// keep turns the code into a token, checks it, and keeps it.
func (p *program) keep(ctx context.Context, flow *flow, verifier *oidc.IDTokenVerifier, code string) error {
	tokens, err := flow.config.Exchange(ctx, code, oauth2.VerifierOption(flow.verifier))
	if err != nil {
		return fmt.Errorf("the sign-in could not be completed: %w", bare(err))
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := verifier.Verify(ctx, raw)
	if err != nil || token.Nonce != flow.nonce {
		return errors.New("the sign-in service answered with a token that is not for us")
	}
	var who person
	if err := p.ask(ctx, raw, http.MethodGet, "/v1/staff/me", nil, &who); err != nil {
		return err
	}
	sessions, err := readSessions()
	if err != nil {
		return err
	}
	sessions[p.api] = session{raw, token.Expiry.UTC()}
	if err := writeSessions(sessions); err != nil {
		return err
	}
	return p.print(map[string]any{"subject": who.Subject, "name": who.Name, "email": who.Email, "roles": who.Roles, "expires_at": token.Expiry.UTC()},
		func(w io.Writer) {
			fmt.Fprintf(w, "You are signed in as %s (%s) until %s.\n", who.Name, who.roles(), token.Expiry.Local().Format("15:04 on 2 January"))
		})
}

// flow is one sign-in under way. It serves the address that the browser comes back to.
type flow struct {
	config                 oauth2.Config
	state, nonce, verifier string
	done                   chan answer
}

type answer struct {
	code string
	err  error
}

// address is where a person signs in.
func (f *flow) address() string {
	return f.config.AuthCodeURL(f.state, oauth2.S256ChallengeOption(f.verifier), oidc.Nonce(f.nonce))
}

// ServeHTTP takes the code. Requests that do not know the state are not ours, and end nothing.
func (f *flow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	query := r.URL.Query()
	if r.URL.Path != "/callback" || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(f.state)) != 1 {
		http.Error(w, "This is not the sign-in that voicectl waits for.", http.StatusNotFound)
		return
	}
	a := answer{code: query.Get("code")}
	text := "You can close this window and go back to voicectl."
	if a.code == "" {
		a.err = fmt.Errorf("the sign-in was refused: %s", plain(query.Get("error")))
		text = "The sign-in was refused. Go back to voicectl."
	}
	select {
	case f.done <- a:
	default: // a second time
	}
	fmt.Fprintln(w, text)
}

// plain keeps of a text from elsewhere what is safe on a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}
