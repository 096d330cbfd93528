package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

const (
	// refreshTimeout bounds one request for a token, and by that the time that
	// other processes wait.
	refreshTimeout = 30 * time.Second

	// cancelGrace is how long a request for a token may go on after the user
	// gave up. Once the service has rotated the refresh token, its answer is all
	// that is left of the login.
	cancelGrace = 2 * time.Second

	// quietWait is how long to wait for another process without a word.
	quietWait = 2 * time.Second
)

// refresh renews the login, unless another process has done it by the time that
// the lock is ours. Old is the credential that the caller could not use.
func (s *Session) refresh(ctx context.Context, old *sdk.Credential, reason sdk.TokenReason) (*sdk.Credential, error) {
	select {
	case s.refreshing <- struct{}{}:
		defer func() { <-s.refreshing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return s.fallBack(ctx, old, reason, err)
	}
	defer s.unlock(unlock)
	return s.refreshLocked(ctx, old, reason)
}

// lock takes the lock across processes. Where nobody can write, nothing can be
// locked: each process then renews for itself.
func (s *Session) lock(ctx context.Context) (unlock func() error, err error) {
	word := time.AfterFunc(quietWait, func() {
		s.config.Notify("waiting for another qwen that renews the login")
	})
	defer word.Stop()
	unlock, err = s.config.Locker.Lock(ctx, s.config.ID)
	if errors.Is(err, credstore.ErrReadOnly) {
		return func() error { return nil }, nil
	}
	return unlock, err
}

// refreshLocked reads again, now that nobody else writes. The established tool
// and a hand edit do not care for our lock, so after a failure it looks whether
// the credential has changed, and tries a changed one, once.
func (s *Session) refreshLocked(ctx context.Context, old *sdk.Credential, reason sdk.TokenReason) (*sdk.Credential, error) {
	current, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	for again := false; ; again = true {
		refused := reason == sdk.TokenRejected && current.Secret == old.Secret
		if !refused && !s.expiring(current) {
			return current, nil
		}
		why := sdk.TokenExpiring
		if refused {
			why = sdk.TokenRejected
		}
		fresh, err := s.exchange(ctx, current, why)
		if err == nil {
			return fresh, nil
		}
		newer, loadErr := s.load(ctx)
		if again || loadErr != nil || newer.Secret == current.Secret && newer.RefreshToken == current.RefreshToken {
			return s.fallBack(ctx, current, why, err)
		}
		current = newer
	}
}

// exchange asks the provider for a credential in place of current and stores it.
func (s *Session) exchange(ctx context.Context, current *sdk.Credential, reason sdk.TokenReason) (*sdk.Credential, error) {
	ctx, cancel := outlive(ctx, cancelGrace, refreshTimeout)
	defer cancel()
	connection := s.config.Connection
	connection.Credential = current.Clone()
	answer, err := s.config.Refresher.Token(ctx, &sdk.TokenRequest{Connection: connection, Reason: reason})
	if err != nil {
		return nil, err
	}
	if err := checkAnswer(answer, current, reason); err != nil {
		return nil, err
	}
	now := s.config.Now()
	fresh := merge(answer, current)
	stamp(fresh, now)
	s.remember(fresh, now, reason)
	s.store(context.WithoutCancel(ctx), fresh)
	return fresh, nil
}

// outlive returns a context that ends after the timeout, or the grace period
// after ctx does.
func outlive(ctx context.Context, grace, timeout time.Duration) (context.Context, context.CancelFunc) {
	inner, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return inner, func() {
		stop()
		cancel()
	}
}

// checkAnswer refuses an answer that is none.
func checkAnswer(answer, current *sdk.Credential, reason sdk.TokenReason) error {
	switch {
	case answer == nil || answer.Secret == "":
		return sdk.Errorf(sdk.KindPlugin, "the provider returned no credential")
	case reason == sdk.TokenRejected && answer.Secret == current.Secret:
		return sdk.Errorf(sdk.KindUnauthenticated, "the service refused the token, and there is no other")
	}
	return nil
}

// merge returns the answer completed by what it leaves out because it did not
// change (RFC 6749 sections 5.1 and 6): above all the refresh token.
func merge(answer, old *sdk.Credential) *sdk.Credential {
	c := answer.Clone()
	c.Kind = cmp.Or(c.Kind, old.Kind)
	c.RefreshToken = cmp.Or(c.RefreshToken, old.RefreshToken)
	c.TokenType = cmp.Or(c.TokenType, old.TokenType)
	c.Endpoint = cmp.Or(c.Endpoint, old.Endpoint)
	c.Account = cmp.Or(c.Account, old.Account)
	c.Scope = cmp.Or(c.Scope, old.Scope)
	c.Extra = make(map[string]json.RawMessage, len(old.Extra)+len(answer.Extra))
	maps.Copy(c.Extra, old.Extra)
	maps.Copy(c.Extra, answer.Extra)
	return c
}

// fallBack decides what a failed renewal means. Only the service's own refusal
// means a new sign-in; any other failure leaves the login as it was, and the old
// credential may still do.
func (s *Session) fallBack(ctx context.Context, c *sdk.Credential, reason sdk.TokenReason, err error) (*sdk.Credential, error) {
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case sdk.KindOf(err) == sdk.KindUnauthenticated:
		return nil, needsLogin(s.config.ID, err)
	case reason == sdk.TokenExpiring && !c.ExpiresWithin(0, s.config.Now()):
		s.config.Notify(credstore.Note(fmt.Sprintf("the login could not be renewed yet, and is still valid for a moment: %v", err)))
		return c, nil
	}
	return nil, err
}
