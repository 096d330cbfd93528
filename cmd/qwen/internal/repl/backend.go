package repl

import (
	"context"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/sdk"
)

// A Backend is the program around the chat: who can be spoken to, and as whom.
type Backend interface {
	// Start returns the connection that the command line and the configuration
	// name. It returns [ErrNobody] if they name none.
	Start(ctx context.Context) (Connection, error)

	// Known lists the connections that can be chosen, the one in use first.
	Known(ctx context.Context) ([]Known, error)

	// Methods lists the ways to sign in of all installed plugins.
	Methods(ctx context.Context) []Method

	// Connect returns the connection of that name. Nothing is sent yet.
	Connect(ctx context.Context, name string) (Connection, error)

	// ConnectProvider returns the connection that the configuration gives for a
	// provider.
	ConnectProvider(ctx context.Context, provider string) (Connection, error)

	// Keep makes a connection the one in use from now on, and says what keeps it
	// from being used elsewhere, if anything does.
	Keep(ctx context.Context, name string) error

	// SignIn asks through ui and stores the login; it returns the login's name.
	SignIn(ctx context.Context, m Method, ui sdk.UI) (string, error)

	// SignOut removes the login of that name.
	SignOut(ctx context.Context, name string) error

	// Plugins lists the provider plugins there are.
	Plugins(ctx context.Context) []Plugin

	// Clean makes somebody else's text fit to be said.
	Clean(text string) string
}

// A Connection is a service, as somebody.
type Connection interface {
	// About says what is known without asking anybody.
	About() About

	// Check finds out whether the service accepts the credential, as cheaply as
	// that goes.
	Check(ctx context.Context) error

	// Models lists the models of the service.
	Models(ctx context.Context) ([]sdk.Model, error)

	// Ask sends a request, with the connection filled in, and shows the events of
	// the answer as they arrive. The result holds the error, if there was one; it is
	// never nil.
	Ask(ctx context.Context, request *sdk.ChatRequest, w Watcher) *chat.Result

	// Limit says how much is left of the tightest limit, in a few words; "" if that
	// is not known.
	Limit(ctx context.Context) string
}

// A Watcher is told what happens to a request.
type Watcher struct {
	Event  func(sdk.Event) // of the answer
	Sent   func()          // the service has the request: it answers with whatever
	Repeat func(chat.Retry)
	Pause  func(chat.Pause)  // the request waits for its time
	Switch func(chat.Switch) // another connection is asked
}

// About says who a [Connection] is.
type About struct {
	Name     string // of the login or service, or where the key comes from
	Provider string
	Label    string // of the provider, for people
	Host     string
	Model    string      // that is asked if nobody chooses another
	Models   []sdk.Model // those that are known without asking
}

// Known is a connection that can be chosen.
type Known struct {
	Name     string
	Provider string
	Note     string // state, account and host
	Current  bool
	Login    bool // a stored login: it can be signed in to again, and out of
}

// A Method is a way to sign in.
type Method struct {
	Provider string
	Method   string
	Label    string
	Note     string
	Login    string // name of the login to replace; "" for a new one
}

// A Plugin is a provider plugin.
type Plugin struct {
	Name, Version, From, Status, Summary string
	Usable                               bool
}
