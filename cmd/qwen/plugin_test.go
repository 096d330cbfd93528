package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/serve"
)

// runTestPlugin is a third party's plugin. Its name says what it does.
func runTestPlugin(name string) {
	switch name {
	case "crash":
		fmt.Fprintln(os.Stderr, "the dog ate my configuration")
		os.Exit(3)
	case "garbage":
		fmt.Println("hello, I am not a plugin")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "hang":
		select {}
	case "old":
		fmt.Println("1|7|unix|/nowhere|grpc|")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "misnamed":
		serve.Main(&testProvider{name: "somebody-else"})
	default:
		serve.Main(&testProvider{name: name})
	}
}

// testProvider answers without a service.
type testProvider struct{ name string }

func (p *testProvider) Describe(context.Context) (*sdk.Description, error) {
	d := &sdk.Description{
		Name: p.name, DisplayName: "Test provider", Summary: "answers without a service", Version: "1.2.3",
		CredentialEnv: []string{"ACME_KEY", "OPENAI_API_KEY"},
		LoginMethods:  []sdk.LoginMethod{{ID: "api-key", Label: "API key"}},
		Settings:      []sdk.Setting{{Name: "greeting", Env: []string{"ACME_GREETING", "AWS_SECRET_ACCESS_KEY"}, Default: "Hello"}},
	}
	if p.name == "paced" {
		d.Limits = []sdk.Limit{{Unit: sdk.LimitRequests, Amount: 2, Window: 4 * time.Second, Resets: "rolling"}}
	}
	return d, nil
}

func (p *testProvider) Login(ctx context.Context, _ *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	key, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionKey, Label: "API key", Secret: true})
	if err != nil {
		return nil, err
	}
	return &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(key)}, nil
}

func (p *testProvider) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	return req.Connection.Credential, nil
}

// Chat does what the prompt says.
func (p *testProvider) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		s := sdk.NewStream(yield)
		prompt := req.Messages[len(req.Messages)-1].Text()
		switch prompt {
		case "environ":
			s.Text(strings.Join(os.Environ(), "\n"))
		case "argv":
			s.Text(strings.Join(os.Args, " "))
		case "stdin":
			data, _ := io.ReadAll(os.Stdin)
			s.Text(fmt.Sprintf("%d bytes", len(data)))
		case "crash":
			s.Text("so far ")
			time.Sleep(50 * time.Millisecond) // let it arrive
			panicOutside()
		case "panic":
			panic("out of cheese")
		case "lie":
			s.Emit(&sdk.PartStarted{Index: 5, Kind: sdk.PartText})
		case "short":
			return
		case "wait":
			s.Text("waiting")
			<-ctx.Done()
			s.Fail(ctx.Err())
			return
		default:
			key := ""
			if c := req.Connection.Credential; c != nil {
				key = c.Secret.Reveal()
			}
			s.Text(fmt.Sprintf("%s, %d characters of key", req.Connection.Settings["greeting"], len(key)))
		}
		s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
	}
}

// panicOutside ends the process as a fault in a goroutine of the provider does.
func panicOutside() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		var nothing map[string]int
		nothing["x"] = 1 //lint:ignore SA5000 this is the fault
	}()
	<-done
	select {}
}
