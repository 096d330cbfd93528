// Command fakecloud runs the loopback model service of package fakecloud, for
// scripts and demonstrations. It prints one line when it listens,
//
//	fakecloud listening on http://127.0.0.1:PORT
//
// and ends on SIGINT or SIGTERM, or at the end of its standard input if
// --stdin-lifeline is given: then it cannot outlive the program that started it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return fmt.Sprint(*l) }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

// run runs the cloud until ctx ends and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var keys list
	flags := flag.NewFlagSet("fakecloud", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:0", "address to listen on")
	delay := flags.Duration("delay", 0, "wait before each chunk of an answer")
	flags.Var(&keys, "key", "accept this API key, and no others (repeatable; default: any)")
	access := flags.String("access-token", "", "accept this OAuth access token for an hour")
	refresh := flags.String("refresh-token", "", "accept this OAuth refresh token")
	approve := flags.Bool("auto-approve", false, "approve each OAuth sign-in at its first poll")
	lifeline := flags.Bool("stdin-lifeline", false, "end at the end of standard input")
	if err := flags.Parse(args); err != nil {
		return 2
	}

	cloud, err := fakecloud.Listen(fakecloud.WithAddr(*addr), fakecloud.WithDelay(*delay))
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "fakecloud: %v\n", err)
		return 1
	}
	defer cloud.Close()
	cloud.SetKeys(keys...)
	cloud.SetOAuth(fakecloud.OAuthOptions{AutoApprove: *approve})
	cloud.SeedToken(*access, *refresh, time.Hour)
	if *lifeline {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		go func() { _, _ = io.Copy(io.Discard, stdin); cancel() }()
	}
	_, _ = fmt.Fprintf(stdout, "fakecloud listening on %s\n", cloud.URL())
	<-ctx.Done()
	return 0
}
