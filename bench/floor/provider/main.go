// Command provider is a third party's plugin at its smallest, called what its file
// is called: for lists of many plugins.
package main

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/serve"
)

type provider struct{ name string }

func (p provider) Describe(context.Context) (*sdk.Description, error) {
	return &sdk.Description{Name: p.name, DisplayName: "Plugin " + p.name}, nil
}

func (p provider) Login(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error) {
	return &sdk.Credential{}, nil
}

func (p provider) Token(_ context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
	return r.Connection.Credential, nil
}

func (p provider) Chat(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		s := sdk.NewStream(yield)
		s.Text("Hello")
		s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
	}
}

func main() {
	serve.Main(provider{strings.TrimPrefix(filepath.Base(os.Args[0]), "qwen-provider-")})
}
