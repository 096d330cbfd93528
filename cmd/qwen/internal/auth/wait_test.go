package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// slow returns a refresher that takes its time, unless it is cancelled.
func slow(d time.Duration) *refresherFunc {
	return &refresherFunc{token: func(ctx context.Context, n int, req *sdk.TokenRequest) (*sdk.Credential, error) {
		select {
		case <-time.After(d):
			return answers().token(ctx, n, req)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

func TestManyGoroutinesRenewOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(0), slow(time.Second))
		var group sync.WaitGroup
		for range 12 {
			group.Go(func() {
				c, err := f.Credential(t.Context())
				if err != nil || c.Secret != "access-2" {
					t.Errorf("%v, %v", c, err)
				}
			})
		}
		group.Wait()
		if n := f.refresher.count(); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

// Once the service has rotated the refresh token, its answer is the login.
func TestCancelledRenewalIsStoredIfItComesSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(0), slow(2*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if c, err := f.Credential(ctx); err != nil || c.Secret != "access-2" {
			t.Errorf("%v, %v", c, err)
		}
		if f.onDisk(t).Secret != "access-2" {
			t.Error("the renewed login was not stored")
		}
	})
}

func TestCancelledRenewalEndsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(30*time.Second), slow(time.Hour))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if _, err := f.Credential(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want the context's error", err)
		}
		if took := time.Since(start); took != time.Second+cancelGrace {
			t.Errorf("took %v", took)
		}
		f.refresher = answers()
		f.config.Refresher = f.refresher
		f.wantCredential(t, "access-2", 1) // and the lock is free
	})
}

func TestRenewalIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(0), slow(time.Hour))
		start := time.Now()
		if _, err := f.Credential(t.Context()); sdk.KindOf(err) != sdk.KindTimeout {
			t.Errorf("%v of kind %q, want a timeout", err, sdk.KindOf(err))
		}
		if took := time.Since(start); took != refreshTimeout {
			t.Errorf("took %v, want %v", took, refreshTimeout)
		}
	})
}

func TestWaitingForAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(0), answers())
		unlock, err := f.memory.Lock(t.Context(), testID)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(3*time.Second, func() {
			theirs := stored(time.Hour)
			theirs.Secret = "theirs"
			f.put(t, theirs)
			_ = unlock()
		})
		f.wantCredential(t, "theirs", 0)
		if notes := f.said(); len(notes) != 1 || !strings.Contains(notes[0], "waiting") {
			t.Errorf("notes %q, want one word about the wait", notes)
		}
	})
}

func TestLockThatDoesNotCome(t *testing.T) {
	for _, test := range []struct {
		validFor time.Duration
		want     error
	}{
		{30 * time.Second, nil},
		{-time.Second, errLock},
	} {
		f := newFixture(t, stored(test.validFor), answers())
		f.config.Locker = failingLocker{}
		c, err := f.Credential(t.Context())
		if !errors.Is(err, test.want) || err == nil && c.Secret != "access-1" {
			t.Errorf("token valid for %v: %v, %v; want error %v", test.validFor, c, err, test.want)
		}
	}
}
