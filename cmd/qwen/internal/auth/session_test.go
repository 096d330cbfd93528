package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

var testID = credstore.ID{Provider: "qwen-oauth"}

var _ Refresher = sdk.Provider(nil)

// refresherFunc is a refresher that counts.
type refresherFunc struct {
	mu    sync.Mutex
	calls []sdk.TokenRequest
	token func(ctx context.Context, n int, req *sdk.TokenRequest) (*sdk.Credential, error)
}

func (r *refresherFunc) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	r.mu.Lock()
	r.calls = append(r.calls, *req)
	n := len(r.calls)
	r.mu.Unlock()
	return r.token(ctx, n, req)
}

func (r *refresherFunc) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

// answers returns a refresher whose n-th answer is access-n+1, valid for an hour.
func answers() *refresherFunc {
	return &refresherFunc{token: func(_ context.Context, n int, _ *sdk.TokenRequest) (*sdk.Credential, error) {
		return &sdk.Credential{
			Kind:         sdk.CredentialOAuth,
			Secret:       sdk.Secret(fmt.Sprintf("access-%d", n+1)),
			RefreshToken: sdk.Secret(fmt.Sprintf("refresh-%d", n+1)),
			Expiry:       time.Now().Add(time.Hour),
		}, nil
	}}
}

func fails(err error) *refresherFunc {
	return &refresherFunc{token: func(context.Context, int, *sdk.TokenRequest) (*sdk.Credential, error) { return nil, err }}
}

// stored is the login that the tests begin with.
func stored(validFor time.Duration) *sdk.Credential {
	return &sdk.Credential{
		Kind:         sdk.CredentialOAuth,
		Secret:       "access-1",
		RefreshToken: "refresh-1",
		Expiry:       time.Now().Add(validFor),
	}
}

type fixture struct {
	*Session
	memory    *credstore.Memory
	refresher *refresherFunc

	mu    sync.Mutex
	notes []string
}

func newFixture(t *testing.T, c *sdk.Credential, r *refresherFunc) *fixture {
	f := &fixture{memory: credstore.NewMemory(), refresher: r}
	if c != nil {
		f.put(t, c)
	}
	f.Session = NewSession(Config{ID: testID, Store: f.memory, Locker: f.memory, Refresher: r, Notify: f.note})
	return f
}

func (f *fixture) note(n credstore.Note) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, string(n))
}

func (f *fixture) said() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.notes)
}

func (f *fixture) put(t *testing.T, c *sdk.Credential) {
	t.Helper()
	if _, err := f.memory.Put(t.Context(), testID, c); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) onDisk(t *testing.T) *sdk.Credential {
	t.Helper()
	c, err := f.memory.Get(t.Context(), testID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *fixture) wantCredential(t *testing.T, want sdk.Secret, requests int) *sdk.Credential {
	t.Helper()
	c, err := f.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.Secret != want || f.refresher.count() != requests {
		t.Fatalf("got %q after %d requests, want %q after %d", c.Secret.Reveal(), f.refresher.count(), want.Reveal(), requests)
	}
	return c
}

func wantNeedsLogin(t *testing.T, err error) {
	t.Helper()
	if sdk.KindOf(err) != sdk.KindUnauthenticated {
		t.Fatalf("error %v of kind %q, want %q", err, sdk.KindOf(err), sdk.KindUnauthenticated)
	}
	if hint := sdk.AsError(err).Hint; !strings.Contains(hint, `Run "qwen auth login qwen-oauth" to sign in.`) {
		t.Errorf("hint %q", hint)
	}
}

func TestValidCredentialIsUsedAsItIs(t *testing.T) {
	newFixture(t, stored(time.Hour), answers()).wantCredential(t, "access-1", 0)
	key := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: "key"}
	newFixture(t, key, answers()).wantCredential(t, "key", 0)
}

func TestNotSignedIn(t *testing.T) {
	f := newFixture(t, nil, answers())
	_, err := f.Credential(t.Context())
	wantNeedsLogin(t, err)
	if !errors.Is(err, credstore.ErrNotFound) {
		t.Errorf("%v does not wrap ErrNotFound", err)
	}
}

func TestHintNamesTheProfile(t *testing.T) {
	id := credstore.ID{Provider: "openai", Name: "work"}
	if got, want := loginCommand(id), "qwen auth login openai --profile work"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRenewalKeepsWhatTheAnswerOmits(t *testing.T) {
	old := stored(0)
	old.TokenType, old.Endpoint, old.Account, old.Scope = "Bearer", "portal.qwen.ai", "ann", "openid"
	old.Extra = map[string]json.RawMessage{"kept": json.RawMessage(`1`), "changed": json.RawMessage(`1`)}
	f := newFixture(t, old, &refresherFunc{token: func(context.Context, int, *sdk.TokenRequest) (*sdk.Credential, error) {
		return &sdk.Credential{Secret: "access-2", Extra: map[string]json.RawMessage{"changed": json.RawMessage(`2`)}}, nil
	}})
	f.wantCredential(t, "access-2", 1)

	got := f.onDisk(t)
	delete(got.Extra, fieldObtained)
	want := old.Clone()
	want.Secret, want.Expiry = "access-2", time.Time{}
	want.Extra["changed"] = json.RawMessage(`2`)
	if d := cmp.Diff(want, got); d != "" || got.Secret != want.Secret || got.RefreshToken != old.RefreshToken {
		t.Errorf("stored (-want +got):\n%s", d)
	}
}

func TestRefresherIsToldTheConnection(t *testing.T) {
	r := answers()
	f := newFixture(t, stored(0), r)
	f.config.Connection = sdk.Connection{Endpoint: "https://example.com", Settings: map[string]string{"a": "b"}}
	f.wantCredential(t, "access-2", 1)
	req := r.calls[0]
	if req.Reason != sdk.TokenExpiring || req.Connection.Endpoint != "https://example.com" ||
		req.Connection.Settings["a"] != "b" || req.Connection.Credential.RefreshToken != "refresh-1" {
		t.Errorf("request %+v", req)
	}
}

func TestMargin(t *testing.T) {
	for _, test := range []struct {
		lifetime, want time.Duration
	}{
		{0, time.Minute},
		{time.Second, 100 * time.Millisecond},
		{5 * time.Minute, 30 * time.Second},
		{10 * time.Minute, time.Minute},
		{6 * time.Hour, time.Minute},
	} {
		if got := margin(test.lifetime); got != test.want {
			t.Errorf("margin(%v) = %v, want %v", test.lifetime, got, test.want)
		}
	}
}

func TestRenewedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(2*time.Hour), answers())
		time.Sleep(2*time.Hour - 61*time.Second)
		f.wantCredential(t, "access-1", 0)
		time.Sleep(time.Second)
		f.wantCredential(t, "access-2", 1)
	})
}

// A short-lived token must be used for most of its life, by other processes too.
func TestShortLivedTokenIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := answers()
		r.token = func(context.Context, int, *sdk.TokenRequest) (*sdk.Credential, error) {
			return &sdk.Credential{Kind: sdk.CredentialOAuth, Secret: "short", Expiry: time.Now().Add(30 * time.Second)}, nil
		}
		f := newFixture(t, stored(0), r)
		f.wantCredential(t, "short", 1)
		time.Sleep(26 * time.Second)
		f.wantCredential(t, "short", 1)
		other := NewSession(f.config)
		if c, err := other.Credential(t.Context()); err != nil || c.Secret != "short" || r.count() != 1 {
			t.Errorf("another process: %v, %v after %d requests", c, err, r.count())
		}
		time.Sleep(time.Second)
		f.wantCredential(t, "short", 2)
	})
}

// With a clock three hours fast every new token seems to have expired already.
func TestExpiryInThePastDoesNotLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(time.Hour), answers())
		f.config.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
		f.wantCredential(t, "access-2", 1)
		f.wantCredential(t, "access-2", 1)
		time.Sleep(assumedLifetime)
		f.wantCredential(t, "access-3", 2)
	})
}

// With a clock three hours slow a token that is dead seems to be valid.
func TestSlowClockIsHealedByARefusal(t *testing.T) {
	f := newFixture(t, stored(-time.Hour), answers())
	f.config.Now = func() time.Time { return time.Now().Add(-3 * time.Hour) }
	dead := f.wantCredential(t, "access-1", 0)
	c, err := f.Rejected(t.Context(), dead)
	if err != nil || c.Secret != "access-2" {
		t.Fatalf("%v, %v", c, err)
	}
	f.wantCredential(t, "access-2", 1)
}

var passing = []error{
	sdk.Errorf(sdk.KindNetwork, "connection refused"),
	sdk.Errorf(sdk.KindService, "HTTP 500"),
	sdk.Errorf(sdk.KindProtocol, "HTML instead of JSON"),
	sdk.Errorf(sdk.KindPlugin, "the plugin crashed"),
	errors.New("something else"),
}

func TestPassingFailureKeepsTheLogin(t *testing.T) {
	for _, failure := range passing {
		f := newFixture(t, stored(30*time.Second), fails(failure))
		f.wantCredential(t, "access-1", 1)
		if len(f.notes) != 1 || !strings.Contains(f.notes[0], failure.Error()) {
			t.Errorf("notes %q, want one about %v", f.notes, failure)
		}

		f = newFixture(t, stored(-time.Second), fails(failure))
		if _, err := f.Credential(t.Context()); !errors.Is(err, failure) {
			t.Errorf("%v, want %v as it is", err, failure)
		}
		if f.onDisk(t).RefreshToken != "refresh-1" {
			t.Error("the login was changed")
		}
	}
}

func TestUselessAnswers(t *testing.T) {
	for _, answer := range []*sdk.Credential{nil, {Kind: sdk.CredentialOAuth, RefreshToken: "r"}} {
		f := newFixture(t, stored(-time.Second), &refresherFunc{token: func(context.Context, int, *sdk.TokenRequest) (*sdk.Credential, error) {
			return answer, nil
		}})
		if _, err := f.Credential(t.Context()); sdk.KindOf(err) != sdk.KindPlugin {
			t.Errorf("%v of kind %q", err, sdk.KindOf(err))
		}
		if f.onDisk(t).Secret != "access-1" {
			t.Error("the login was changed")
		}
	}
}

func TestRefusedRenewalNeedsLoginAndDeletesNothing(t *testing.T) {
	refusal := sdk.Errorf(sdk.KindUnauthenticated, "the refresh token was revoked").WithHint("Try the Coding Plan.")
	refusal.Status = 400
	f := newFixture(t, stored(30*time.Second), fails(refusal))
	_, err := f.Credential(t.Context())
	wantNeedsLogin(t, err)
	if e := sdk.AsError(err); !strings.HasPrefix(e.Hint, "Try the Coding Plan. ") || e.Status != 400 || e.Provider != "qwen-oauth" {
		t.Errorf("the provider's own words are lost: %+v", e)
	}
	if refusal.Hint != "Try the Coding Plan." {
		t.Error("the provider's error was changed")
	}
	if c := f.onDisk(t); c.Secret != "access-1" || c.RefreshToken != "refresh-1" {
		t.Error("the login was changed")
	}
}

// The established tool does not know our kernel lock and may renew meanwhile.
func TestRefusedRenewalReadsAgainFirst(t *testing.T) {
	f := newFixture(t, stored(-time.Second), nil)
	f.refresher = &refresherFunc{token: func(context.Context, int, *sdk.TokenRequest) (*sdk.Credential, error) {
		theirs := stored(time.Hour)
		theirs.Secret, theirs.RefreshToken = "theirs", "refresh-theirs"
		f.put(t, theirs)
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "reused refresh token")
	}}
	f.config.Refresher = f.refresher
	f.wantCredential(t, "theirs", 1)
}

func TestRefusedRenewalIsTriedOnceWithANewerLogin(t *testing.T) {
	for _, works := range []bool{true, false} {
		f := newFixture(t, stored(-time.Second), nil)
		f.refresher = &refresherFunc{token: func(_ context.Context, n int, req *sdk.TokenRequest) (*sdk.Credential, error) {
			if works && req.Connection.Credential.RefreshToken == "newer-1" {
				return answers().token(t.Context(), n, req)
			}
			newer := stored(-time.Second)
			newer.RefreshToken = sdk.Secret(fmt.Sprintf("newer-%d", n))
			f.put(t, newer)
			return nil, sdk.Errorf(sdk.KindUnauthenticated, "reused refresh token")
		}}
		f.config.Refresher = f.refresher
		if works {
			f.wantCredential(t, "access-3", 2)
			continue
		}
		_, err := f.Credential(t.Context())
		wantNeedsLogin(t, err)
		if f.refresher.count() != 2 {
			t.Errorf("%d requests, want 2", f.refresher.count())
		}
	}
}

func TestRejectedUsesWhatIsStoredByNow(t *testing.T) {
	f := newFixture(t, stored(time.Hour), answers())
	failed := stored(time.Hour)
	failed.Secret = "access-0"
	c, err := f.Rejected(t.Context(), failed)
	if err != nil || c.Secret != "access-1" || f.refresher.count() != 0 {
		t.Errorf("%v, %v after %d requests", c, err, f.refresher.count())
	}
}

func TestRejectedRenewsOnce(t *testing.T) {
	f := newFixture(t, stored(time.Hour), answers())
	c, err := f.Rejected(t.Context(), f.wantCredential(t, "access-1", 0))
	if err != nil || c.Secret != "access-2" || f.refresher.calls[0].Reason != sdk.TokenRejected {
		t.Fatalf("%v, %v", c, err)
	}
	_, err = f.Rejected(t.Context(), c)
	wantNeedsLogin(t, err)
	if f.refresher.count() != 1 {
		t.Errorf("%d requests, want 1", f.refresher.count())
	}
}

func TestRejectedWithoutWayOut(t *testing.T) {
	same := &refresherFunc{token: func(context.Context, int, *sdk.TokenRequest) (*sdk.Credential, error) { return stored(time.Hour), nil }}
	for name, f := range map[string]*fixture{
		"same token again": newFixture(t, stored(time.Hour), same),
		"API key":          newFixture(t, &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: "access-1"}, answers()),
		"removed":          newFixture(t, nil, answers()),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Rejected(t.Context(), stored(time.Hour))
			wantNeedsLogin(t, err)
		})
	}
	// The token was refused: that it has not expired is no comfort.
	for _, failure := range passing {
		f := newFixture(t, stored(time.Hour), fails(failure))
		if _, err := f.Rejected(t.Context(), stored(time.Hour)); !errors.Is(err, failure) {
			t.Errorf("%v, want %v", err, failure)
		}
	}
}

// readOnly is a store that cannot be written.
type readOnly struct{ *credstore.Memory }

func (readOnly) Put(context.Context, credstore.ID, *sdk.Credential) ([]credstore.Note, error) {
	return nil, sdk.Errorf(sdk.KindConfig, "disk: %w", credstore.ErrReadOnly)
}

func (readOnly) Lock(context.Context, credstore.ID) (func() error, error) {
	return nil, sdk.Errorf(sdk.KindConfig, "disk: %w", credstore.ErrReadOnly)
}

func TestReadOnlyStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, stored(0), answers())
		f.config.Store, f.config.Locker = readOnly{f.memory}, readOnly{f.memory}
		f.wantCredential(t, "access-2", 1)
		if len(f.notes) != 1 || !strings.Contains(f.notes[0], "could not be stored") {
			t.Errorf("notes %q", f.notes)
		}
		f.wantCredential(t, "access-2", 1) // kept in memory
		time.Sleep(time.Hour)
		f.wantCredential(t, "access-3", 2)
		if got := f.refresher.calls[1].Connection.Credential.RefreshToken; got != "refresh-2" {
			t.Errorf("renewed with %q, want the refresh token that was never stored", got.Reveal())
		}
		// Somebody else signs in anew.
		theirs := stored(time.Hour)
		theirs.Secret = "theirs"
		f.put(t, theirs)
		f.wantCredential(t, "theirs", 2)
	})
}

func TestSaveAndRemove(t *testing.T) {
	f := newFixture(t, nil, answers())
	c := stored(time.Hour)
	if err := f.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if c.Extra != nil {
		t.Error("Save changed its argument")
	}
	if got := lifetime(f.onDisk(t)); got.Round(time.Second) != time.Hour {
		t.Errorf("lifetime %v", got)
	}
	if err := f.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(t.Context()); !errors.Is(err, credstore.ErrNotFound) {
		t.Errorf("second Remove: %v", err)
	}
}

func TestStatic(t *testing.T) {
	key := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: "sk-1"}
	s := Static(key, "openai", "OPENAI_API_KEY")
	c, err := s.Credential(t.Context())
	if err != nil || c.Secret != "sk-1" || c == key {
		t.Errorf("%v, %v", c, err)
	}
	_, err = s.Rejected(t.Context(), c)
	e := sdk.AsError(err)
	if e.Kind != sdk.KindUnauthenticated || e.Provider != "openai" || !strings.Contains(e.Message, "OPENAI_API_KEY") || e.Hint == "" {
		t.Errorf("%+v", e)
	}
}

func TestStateOf(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		want State
		c    *sdk.Credential
	}{
		{StateNone, nil},
		{StateNone, &sdk.Credential{}},
		{StateOK, &sdk.Credential{Secret: "s"}},
		{StateOK, &sdk.Credential{Secret: "s", Expiry: now.Add(time.Second)}},
		{StateRefreshable, &sdk.Credential{Secret: "s", Expiry: now, RefreshToken: "r"}},
		{StateNeedsLogin, &sdk.Credential{Secret: "s", Expiry: now}},
	} {
		if got := StateOf(test.c, now); got != test.want {
			t.Errorf("StateOf(%+v) = %q, want %q", test.c, got, test.want)
		}
	}
}

// A provider that names the command to sign in is not repeated, but corrected: it
// does not know under which name the login is stored.
func TestHintNamesTheCommandOnce(t *testing.T) {
	for _, tt := range []struct{ profile, advice, want string }{
		{"", "", `Run "qwen auth login qwen-oauth" to sign in.`},
		{"", `Run "qwen auth login qwen-oauth" to sign in again.`, `Run "qwen auth login qwen-oauth" to sign in again.`},
		{"work", `Run "qwen auth login qwen-oauth" to sign in again.`, `Run "qwen auth login qwen-oauth --profile work" to sign in again.`},
		{"work", "Ask the owner.", `Ask the owner. Run "qwen auth login qwen-oauth --profile work" to sign in.`},
	} {
		refused := &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "withdrawn", Hint: tt.advice}
		err := needsLogin(credstore.ID{Provider: "qwen-oauth", Name: tt.profile}, refused)
		if hint := sdk.AsError(err).Hint; hint != tt.want {
			t.Errorf("advice %q for %q: hint %q, want %q", tt.advice, tt.profile, hint, tt.want)
		}
	}
}
