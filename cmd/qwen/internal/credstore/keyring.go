package credstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	keyring "github.com/zalando/go-keyring"

	"github.com/qwen-cli/qwen/sdk"
)

// keyringService is the name under which all of our items are in the keyring.
const keyringService = "qwen"

// keyringPatience bounds each call of the keyring: a locked one asks the person,
// in a window that may open on another screen, or nowhere.
const keyringPatience = 3 * time.Second

// A ring is the keyring of the operating system: the Secret Service on Linux, the
// Keychain on macOS, the Credential Manager on Windows.
type ring interface {
	Set(service, account, secret string) error
	Get(service, account string) (string, error)
	Delete(service, account string) error
}

// systemRing is the real one.
type systemRing struct{}

func (systemRing) Set(service, account, secret string) error {
	return keyring.Set(service, account, secret)
}
func (systemRing) Get(service, account string) (string, error) { return keyring.Get(service, account) }
func (systemRing) Delete(service, account string) error        { return keyring.Delete(service, account) }

// A boundedRing is a ring whose calls end in time.
type boundedRing struct {
	ring ring

	// absent says why the keyring must not be touched at all; empty: it may.
	absent string
}

var errKeyringSilent = fmt.Errorf("it did not answer within %v", keyringPatience)

// set stores a secret. One that arrives too late is taken out again, for the
// caller has put it elsewhere by then.
func (b boundedRing) set(ctx context.Context, account, secret string) error {
	_, err := bounded(ctx, b, func() (string, error) {
		return "", b.ring.Set(keyringService, account, secret)
	}, func() { _ = b.ring.Delete(keyringService, account) })
	return err
}

func (b boundedRing) get(ctx context.Context, account string) (string, error) {
	return bounded(ctx, b, func() (string, error) { return b.ring.Get(keyringService, account) }, nil)
}

// remove takes a secret out; it is no error if there is none.
func (b boundedRing) remove(ctx context.Context, account string) error {
	_, err := bounded(ctx, b, func() (string, error) { return "", b.ring.Delete(keyringService, account) }, nil)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// bounded calls f, which cannot be cancelled, and gives up on it in time. What f
// did nonetheless, undo takes back.
func bounded(ctx context.Context, b boundedRing, f func() (string, error), undo func()) (string, error) {
	if b.absent != "" {
		return "", errors.New(b.absent)
	}
	type result struct {
		text string
		err  error
	}
	ctx, cancel := context.WithTimeoutCause(ctx, keyringPatience, errKeyringSilent)
	done := make(chan result)
	go func() {
		text, err := f()
		select {
		case done <- result{text, err}:
		case <-ctx.Done():
			if err == nil && undo != nil {
				undo()
			}
		}
	}()
	defer cancel()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// keyringError says what the keyring did not do, in words that hold no secret.
// The verb is "read", "store" or "remove".
func keyringError(verb string, id ID, err error) error {
	where := "from"
	if verb == "store" {
		where = "in"
	}
	reason := err.Error()
	if errors.Is(err, keyring.ErrSetDataTooBig) {
		reason = "the login is too large for it"
	}
	e := &sdk.Error{Kind: sdk.KindConfig, Message: fmt.Sprintf("cannot %s the login %s %s the system keyring: %s", verb, id, where, reason), Err: err}
	return withAdvice(e)
}

func withAdvice(e *sdk.Error) error {
	return e.WithHint("Unlock the keyring, or keep logins in files: QWEN_CREDENTIAL_STORE=file, or security.credentialStore in settings.json.")
}

// KeyringAbsence returns why the keyring must not be touched, "" if it may: in CI
// nobody can unlock one, and without a session bus the library would start one.
// The system is a GOOS.
func KeyringAbsence(system string, getenv func(string) string, exists func(path string) bool) string {
	switch {
	case getenv("CI") != "" && getenv("CI") != "false":
		return "it is not used in CI, where nobody can unlock it"
	case system == "darwin" || system == "windows":
		return ""
	case getenv("DBUS_SESSION_BUS_ADDRESS") != "" && getenv("DBUS_SESSION_BUS_ADDRESS") != "autolaunch:":
		return ""
	case getenv("XDG_RUNTIME_DIR") != "" && exists(getenv("XDG_RUNTIME_DIR")+"/bus"):
		return ""
	}
	return "there is no session bus (DBUS_SESSION_BUS_ADDRESS)"
}
