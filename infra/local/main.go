// Command local runs template.yaml on this machine: the API, S3, SNS, SQS, DynamoDB, a phone network and
// the compiled functions, wired as the template says. It needs no AWS account and no container.
//
// What each part leaves out stands in the comment of its package. The runner itself has no TLS and no
// sign-in, and listens on the loopback address only. Functions may do what their roles allow, and no more; whoever
// else calls, as from a command line, may do everything.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	began := time.Now()
	settings, err := readSettings(os.Args[1:], os.Getenv)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = runUntilSignal(settings, began)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

// runUntilSignal runs the stack until somebody asks it to stop, which is no error. A second signal ends
// this program at once; its children die with it.
func runUntilSignal(settings settings, began time.Time) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(130)
	}()
	console := newConsole(os.Stdout, settings.verbose)
	stack, err := start(ctx, settings, console)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	defer stack.stop()
	if err := stack.announce(ctx, began); err != nil && ctx.Err() == nil {
		return err
	}
	if !settings.noSample {
		for _, load := range []func(context.Context) error{stack.loadDirectory, stack.loadSample} {
			if err := load(ctx); err != nil && ctx.Err() == nil {
				console.warn("the sample could not be loaded: %v", err)
			}
		}
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-stack.failed:
		return err
	}
}
