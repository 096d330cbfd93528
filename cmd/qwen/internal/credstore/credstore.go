// Package credstore keeps credentials: one per named connection, each in a file
// of its own that only its owner can read.
//
// It is storage and nothing else. It does not know what a provider is, when a
// credential has to be refreshed or whether it still works; that is package
// auth. What it promises is that a credential is never half written, never
// readable by others, never overwritten when it is damaged, and that
// [Locker.Lock] lets one process at a time change it:
//
//	store := credstore.NewFile("/home/ann/.qwen")
//	id := credstore.ID{Provider: "openai", Name: "work"}
//	unlock, err := store.Lock(ctx, id)
//	if err != nil {
//		return err
//	}
//	defer unlock()
//	notes, err := store.Put(ctx, id, credential)
//
// [File] is the store on disk, [Vault] adds the keyring of the operating system
// for users who have chosen that, and [Memory] is for tests.
package credstore

import (
	"cmp"
	"context"
	"errors"

	"github.com/qwen-cli/qwen/sdk"
)

// A Store keeps credentials by ID. Its methods may be called concurrently, by
// several processes too. A sequence of calls that must not be mixed with those
// of another process needs a [Locker].
type Store interface {
	// Get returns the credential, or an error that wraps [ErrNotFound] or
	// [ErrDamaged].
	Get(ctx context.Context, id ID) (*sdk.Credential, error)

	// Put stores the credential in place of the one that was there. It refuses
	// to replace a damaged one ([ErrDamaged]), because that may be all that is
	// left of a login; Delete it first. The notes belong in front of the user.
	Put(ctx context.Context, id ID, c *sdk.Credential) ([]Note, error)

	// Delete removes every copy of the credential, damaged or not. The error
	// wraps [ErrNotFound] if there was none.
	Delete(ctx context.Context, id ID) error

	// List returns the IDs of all credentials, sorted, the damaged ones too.
	List(ctx context.Context) ([]ID, error)
}

// A Locker serialises changes to one credential, across processes.
type Locker interface {
	// Lock waits until no other process holds the lock on id, within the
	// bounds of ctx and of the locker's own patience. The lock ends with unlock
	// or with the process, whatever kills it. Locks are not reentrant. An error
	// that wraps [ErrReadOnly] means that there is nothing to lock: nobody can
	// write there.
	Lock(ctx context.Context, id ID) (unlock func() error, err error)
}

// Errors that a caller can act on. They come wrapped in an [sdk.Error] that
// names the file.
var (
	ErrNotFound = errors.New("no such credential")
	ErrDamaged  = errors.New("credential is damaged")
	ErrReadOnly = errors.New("credential store is not writable")
)

// A Note is one line that the user should read although the call succeeded, such
// as that the permissions of a file were repaired. It holds no secret.
type Note string

// DefaultName is the name of a connection that the user gave no name.
const DefaultName = "default"

// An ID names a stored credential: as whom to go where. A model is no part of
// it, as one login serves all models of a service.
type ID struct {
	Provider string // "openai"

	// Endpoint is the base URL that the credential belongs to, for a provider
	// with more than one; empty for the provider's own.
	Endpoint string

	// Name tells accounts at one endpoint apart: the name of a profile. Empty
	// means [DefaultName].
	Name string
}

// String returns the ID for messages.
func (id ID) String() string {
	s := id.Provider
	if name := cmp.Or(id.Name, DefaultName); name != DefaultName {
		s += " (" + name + ")"
	}
	if id.Endpoint != "" {
		s += " at " + id.Endpoint
	}
	return s
}

func compareIDs(a, b ID) int {
	return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Endpoint, b.Endpoint))
}
