package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

// Config is what a [Session] is made of. ID, Store, Locker and Refresher are
// required.
type Config struct {
	ID        credstore.ID
	Store     credstore.Store
	Locker    credstore.Locker
	Refresher Refresher

	// Connection is what the refresher is told besides the credential: endpoint
	// and settings.
	Connection sdk.Connection

	// Now is the clock; nil for [time.Now].
	Now func() time.Time

	// Notify takes lines for the user about calls that succeed: permissions
	// repaired, a login that could not be stored. It may be called from any
	// goroutine. Nil discards them.
	Notify func(credstore.Note)
}

// A Session is the source for a stored login.
type Session struct {
	config Config

	// refreshing is held by the goroutine that renews the login. The lock of
	// the store does the same across processes, but may not be there.
	refreshing chan struct{}

	mu       sync.Mutex
	received receipt
	unstored unstored
}

var _ Source = (*Session)(nil)

// An unstored credential is one that was renewed but could not be written. It
// stands for the one on disk as long as that does not change.
type unstored struct {
	credential *sdk.Credential
	onDisk     sdk.Secret
}

// NewSession returns a session for the connection.
func NewSession(c Config) *Session {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Notify == nil {
		c.Notify = func(credstore.Note) {}
	}
	return &Session{config: c, refreshing: make(chan struct{}, 1)}
}

// Credential implements [Source]. It reads the store each time, so that a login
// renewed by another process is seen at once, and renews the credential when it
// is about to expire. If that fails for a passing reason while the old one is
// still good, the old one is returned.
func (s *Session) Credential(ctx context.Context) (*sdk.Credential, error) {
	c, err := s.load(ctx)
	if err != nil || !s.expiring(c) {
		return c, err
	}
	return s.refresh(ctx, c, sdk.TokenExpiring)
}

// Rejected implements [Source]. If the store holds another credential by now, that is
// returned; otherwise the login is renewed.
func (s *Session) Rejected(ctx context.Context, failed *sdk.Credential) (*sdk.Credential, error) {
	c, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Secret != failed.Secret && !s.expiring(c):
		return c, nil
	case c.Kind == sdk.CredentialAPIKey:
		return nil, needsLogin(s.config.ID, sdk.Errorf(sdk.KindUnauthenticated, "the service refused the stored API key"))
	case s.justRenewed(failed):
		return nil, needsLogin(s.config.ID, sdk.Errorf(sdk.KindUnauthenticated, "the service refuses a token that it issued a moment ago"))
	}
	return s.refresh(ctx, failed, sdk.TokenRejected)
}

// Save stores the credential of a new login.
func (s *Session) Save(ctx context.Context, c *sdk.Credential) error {
	unlock, err := s.config.Locker.Lock(ctx, s.config.ID)
	if err != nil {
		return err
	}
	defer s.unlock(unlock)
	c = c.Clone()
	stamp(c, s.config.Now())
	notes, err := s.config.Store.Put(ctx, s.config.ID, c)
	s.notify(notes)
	return err
}

// Remove removes the login from the store. The service is not told.
func (s *Session) Remove(ctx context.Context) error {
	unlock, err := s.config.Locker.Lock(ctx, s.config.ID)
	if err != nil {
		return err
	}
	defer s.unlock(unlock)
	return s.config.Store.Delete(ctx, s.config.ID)
}

// load returns the credential as it is now: in the store, or in memory if it
// could not be written there.
func (s *Session) load(ctx context.Context) (*sdk.Credential, error) {
	c, err := s.config.Store.Get(ctx, s.config.ID)
	if errors.Is(err, credstore.ErrNotFound) {
		return nil, needsLogin(s.config.ID, &sdk.Error{Message: "not signed in", Err: err})
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unstored.credential != nil && s.unstored.onDisk == c.Secret {
		return s.unstored.credential.Clone(), nil
	}
	s.unstored = unstored{onDisk: c.Secret}
	return c, nil
}

// store keeps a renewed credential. Where it cannot be written it is used all
// the same, but the user hears of it: the token on disk may be worthless now.
func (s *Session) store(ctx context.Context, c *sdk.Credential) {
	notes, err := s.config.Store.Put(ctx, s.config.ID, c)
	s.notify(notes)
	if err == nil {
		return
	}
	s.mu.Lock()
	s.unstored.credential = c.Clone()
	s.mu.Unlock()
	s.config.Notify(credstore.Note(fmt.Sprintf(
		"the login was renewed but could not be stored, so that you may have to sign in again next time: %v", err)))
}

func (s *Session) notify(notes []credstore.Note) {
	for _, note := range notes {
		s.config.Notify(note)
	}
}

func (s *Session) unlock(unlock func() error) {
	if err := unlock(); err != nil {
		s.config.Notify(credstore.Note(fmt.Sprintf("the lock on the login could not be released: %v", err)))
	}
}
