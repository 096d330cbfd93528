package cli

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/sdk"
)

// described is a provider that is asked for nothing but its description.
type described struct {
	sdk.Provider
	name string
}

func (d described) Describe(context.Context) (*sdk.Description, error) {
	return &sdk.Description{Name: d.name, DisplayName: d.name, LoginMethods: []sdk.LoginMethod{{ID: "key", Label: "Key"}}}, nil
}

// newBackend returns the backend of a chat that begins with what is stored.
func newBackend(t *testing.T, stored ...string) *chatBackend {
	t.Helper()
	a := newApp(nil, []string{"QWEN_HOME=" + t.TempDir(), "QWEN_CREDENTIAL_STORE=file"}, []sdk.Provider{described{name: "red"}, described{name: "blue"}})
	a.home, a.dir = t.TempDir(), t.TempDir()
	a.errors.w = io.Discard
	a.host = pluginhost.New(pluginhost.Config{Builtin: a.builtin, Logger: a.log}) // that can start nothing
	for _, provider := range stored {
		id := credstore.ID{Provider: provider, Name: credstore.DefaultName}
		key := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(provider + "-key")}
		if _, err := a.store().Put(t.Context(), id, key); err != nil {
			t.Fatal(err)
		}
	}
	cmd := a.rootCommand()
	cmd.SetContext(t.Context())
	if err := cmd.ParseFlags(nil); err != nil {
		t.Fatal(err)
	}
	b := &chatBackend{app: a, cmd: cmd}
	b.first, b.err = a.identify(cmd)
	return b
}

// Who signs out of the login in use does not go on with it, but with what the
// configuration gives then.
func TestSignOutOfTheLoginInUse(t *testing.T) {
	b := newBackend(t, "red", "blue")
	start := func() string {
		t.Helper()
		c, err := b.Start(t.Context())
		if errors.Is(err, repl.ErrNobody) {
			return "nobody"
		}
		if err != nil {
			t.Fatal(err)
		}
		return c.About().Provider
	}
	first := start()
	if err := b.SignOut(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	second := start()
	if second == first || second == "nobody" {
		t.Fatalf("signed out of %s, and went on with %s", first, second)
	}
	if err := b.SignOut(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if third := start(); third != "nobody" {
		t.Errorf("signed out of all, and went on with %s", third)
	}
}

// The plugin is started ahead in a goroutine of its own; the race detector sees
// whether that one and the chat touch the same.
func TestPluginIsStartedAhead(t *testing.T) {
	b := newBackend(t, "red")
	c, err := b.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(t.Context()); sdk.KindOf(err) != sdk.KindPlugin {
		t.Errorf("a check without a plugin says %v", err)
	}
}

// escaping is a person who presses Esc.
type escaping struct{ front.Front }

func (escaping) Pick(context.Context, front.Picker) (int, error) { return -1, context.Canceled }
func (escaping) Say(front.Entry)                                 {}

// Esc at the question whether a project's file gets a key is a no that is told. It is
// no stop, of which nothing is said, for the rest of the chat.
func TestConsentIsEscaped(t *testing.T) {
	a := newBackend(t).app
	wanted := &config.OriginError{Host: "evil.example", Credential: "key"}
	if err := a.askConsent(t.Context(), frontAsker{escaping{}}, wanted); !errors.Is(err, wanted) {
		t.Errorf("Esc means %v", err)
	}
}
