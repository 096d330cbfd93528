package sdk

import (
	"context"
	"iter"
)

// A Provider is one model service.
//
// All methods may be called concurrently. All of them must return promptly, with
// the context's error, once their context is cancelled: the host cancels when the
// user presses Ctrl-C, and the request to the service has to end with it.
//
// A provider keeps nothing on disk and reads neither the terminal nor the user's
// files. What it needs arrives with the call (see [Connection]); what it wants
// kept, it returns.
//
// Errors are of type [*Error] wherever the provider knows more than "it failed";
// any other error reaches the user as an internal fault of the plugin.
type Provider interface {
	// Describe says what this provider is and can do. It must be quick, work
	// offline and give the same answer every time: the host caches it.
	Describe(ctx context.Context) (*Description, error)

	// Login obtains a credential, asking the person through ui and through
	// nothing else. It returns the credential; the host stores it.
	//
	// When ui cannot ask (a script, a CI job), its methods return an error of
	// [KindCannotAsk], to be returned as it is.
	Login(ctx context.Context, req *LoginRequest, ui UI) (*Credential, error)

	// Token takes a credential and returns one that is good for use: the same
	// one, or a refreshed one. The host calls it under a lock that holds across
	// processes and stores what comes back, so a provider whose service rotates
	// refresh tokens (RFC 6749 section 6) has nothing to lock or to keep.
	//
	// An error of [KindUnauthenticated] means that only a new sign-in helps;
	// every other error leaves the stored login as it was.
	Token(ctx context.Context, req *TokenRequest) (*Credential, error)

	// Chat sends one turn and yields the answer as it arrives.
	//
	// The sequence ends exactly once: with a [Finished] event and no error, or
	// with a non-nil error as its last element. An upstream connection that
	// closes before the service's end marker is an error of [KindIncomplete],
	// never a short answer. When the consumer stops early the request to the
	// service must be cancelled and all its resources released.
	//
	// See [Event] for the order of events.
	Chat(ctx context.Context, req *ChatRequest) iter.Seq2[Event, error]
}

// A ModelLister is a provider that can ask its service which models there are.
// Advertised as [CapabilityModels].
type ModelLister interface {
	Models(ctx context.Context, req *ModelsRequest) ([]Model, error)
}

// A Revoker is a provider whose service can invalidate a credential before it
// expires (RFC 7009 or alike). Advertised as [CapabilityRevoke].
type Revoker interface {
	Revoke(ctx context.Context, req *RevokeRequest) error
}

// A Connection is what a provider needs to reach its service as somebody. The
// host resolves it once for each call and is answerable for it: by the time a
// provider sees a Connection, the host has made sure that this credential may go
// to this endpoint.
type Connection struct {
	// Credential authenticates the call; nil where there is none, which a
	// service without authentication (a local server) may accept.
	Credential *Credential

	// Endpoint is the base URL of the service, such as
	// "https://api.openai.com/v1"; empty for the provider's own default.
	Endpoint string

	// Settings holds the values of the settings that the provider declared in
	// its [Description], by [Setting.Name]. Settings without a value are absent.
	Settings map[string]string

	// Network says whom to trust on the way, and as whom to connect.
	Network Network
}

// A Network says how to connect where a network is not the usual one: a company's
// proxy that has certificates of its own, a gateway that wants to see one. The zero value
// is the usual. The address of a proxy is not here: that is in the standard variables
// (HTTPS_PROXY, …), which a plugin gets from its host.
type Network struct {
	// Authorities are certificates, in PEM, of authorities that are trusted beside those
	// of the system.
	Authorities string

	// ClientCertificate and ClientKey show a server that asks for it who connects. Both
	// are PEM; empty: nobody in particular.
	ClientCertificate string
	ClientKey         Secret
}

// LoginRequest asks a provider to sign somebody in.
type LoginRequest struct {
	// Method is the ID of one of the provider's [LoginMethod]s; empty for its
	// first one.
	Method string

	// Connection holds what is known already: an endpoint or a setting given by
	// flag, the credential being replaced. Its fields may all be empty.
	Connection Connection

	// Verify asks the provider to check the new credential with one cheap
	// request before it returns it.
	Verify bool
}

// TokenReason says why the host asks for a token.
type TokenReason string

// The reasons. A provider treats one that it does not know like [TokenExpiring].
const (
	// TokenExpiring: the credential expires soon or has expired.
	TokenExpiring TokenReason = "expiring"
	// TokenRejected: the service refused the credential although it looked
	// valid. A provider that can refresh does so whatever the expiry says.
	TokenRejected TokenReason = "rejected"
)

// TokenRequest asks for a usable credential in place of Connection.Credential.
type TokenRequest struct {
	Connection Connection
	Reason     TokenReason
}

// RevokeRequest asks the service to invalidate Connection.Credential.
type RevokeRequest struct {
	Connection Connection
}

// ModelsRequest asks for the models that Connection can use.
type ModelsRequest struct {
	Connection Connection
}
