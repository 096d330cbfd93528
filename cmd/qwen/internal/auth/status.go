package auth

import (
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// State says what a stored login is good for, as far as that can be told without
// asking the service.
type State string

// The states of a login.
const (
	StateOK          State = "ok"          // valid now
	StateRefreshable State = "refreshable" // expired; is renewed at its next use
	StateNeedsLogin  State = "needs login" // expired for good
	StateNone        State = "none"        // there is none
)

// StateOf returns the state of the credential, which may be nil, at the given
// time.
func StateOf(c *sdk.Credential, now time.Time) State {
	switch {
	case c == nil || c.Secret == "" && c.Kind != sdk.CredentialAPIKey: // some services ask for no key
		return StateNone
	case !c.ExpiresWithin(0, now):
		return StateOK
	case c.RefreshToken != "":
		return StateRefreshable
	default:
		return StateNeedsLogin
	}
}
