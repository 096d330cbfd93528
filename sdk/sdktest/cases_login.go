package sdktest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// loginCases are about Login.
func loginCases() []Case {
	return []Case{
		{
			ID:    "login-credential",
			Doc:   "A person who answers every question gets a credential, and the service accepts it.",
			Why:   "This is the first minute with the provider.",
			Needs: SignIn,
			run:   loginCredential,
		},
		{
			ID:    "login-refuses-without-person",
			Doc:   "Where nobody can be asked, each sign-in method ends within a second with the host's own error of kind cannot_ask.",
			Why:   "In a script or a CI job a sign-in that waits looks like a hang.",
			Needs: SignIn,
			run:   loginRefuses,
		},
		{
			ID:    "login-cancel",
			Doc:   "A sign-in that waits for the person ends with the context's error when it is cancelled.",
			Why:   "Ctrl-C has to work at every question.",
			Needs: SignIn,
			run:   loginCancel,
		},
		{
			ID:    "login-unknown-method",
			Doc:   "A sign-in method that the provider does not have is refused with a typed error, and nothing is asked.",
			Why:   "A typo in --method must not sign in some other way.",
			Needs: SignIn,
			run:   loginUnknownMethod,
		},
		{
			ID:    "login-asks-secretly",
			Doc:   "The question whose answer becomes the secret of the credential is marked as secret.",
			Why:   "The terminal would show the key, and a screen recording keep it.",
			Needs: SignIn,
			run:   loginAsksSecretly,
		},
		{
			ID:    "login-verify",
			Doc:   "With Verify, a credential that the service refuses is not returned; the error is of kind unauthenticated.",
			Why:   "A key with a typo should be noticed when it is entered, not in tomorrow's cron job.",
			Needs: SignInRefused,
			run:   loginVerify,
		},
	}
}

// login signs in.
func (s *subject) login(t TB, ui sdk.UI, change ...func(*sdk.LoginRequest)) (c *sdk.Credential, err error) {
	t.Helper()
	s.within(t, "Login", func(ctx context.Context) { c, err = s.loginWith(ctx, ui, change...) })
	return c, err
}

func (s *subject) loginWith(ctx context.Context, ui sdk.UI, change ...func(*sdk.LoginRequest)) (*sdk.Credential, error) {
	req := &sdk.LoginRequest{Connection: s.Connection}
	for _, c := range change {
		c(req)
	}
	return s.provider.Login(ctx, req, ui)
}

// signIn is [subject.login] with the right answers; it must succeed.
func (s *subject) signIn(t TB) (*sdk.Credential, *UI) {
	t.Helper()
	ui := &UI{Answers: s.Answers}
	c, err := s.login(t, ui)
	if err != nil {
		t.Fatalf("Login: %s", describeError(err))
	}
	if c == nil {
		t.Fatalf("Login returned neither a credential nor an error")
	}
	return c, ui
}

func loginCredential(t TB, s *subject) {
	c, _ := s.signIn(t)
	if c.Kind == "" {
		t.Errorf("the credential has no kind")
	}
	a := s.complete(t, func(r *sdk.ChatRequest) { r.Connection.Credential = c })
	wantText(t, a.text, AnswerText)
}

func loginRefuses(t TB, s *subject) {
	for _, m := range s.describe(t).LoginMethods {
		start := time.Now()
		_, err := s.login(t, &UI{Nobody: true}, func(r *sdk.LoginRequest) { r.Method = m.ID })
		if got := sdk.KindOf(err); got != sdk.KindCannotAsk {
			t.Errorf("method %q: the error is of kind %q, want cannot_ask: %v", m.ID, got, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("method %q: that took %v", m.ID, took)
		}
	}
}

func loginCancel(t TB, s *subject) {
	var err error
	s.within(t, "Login", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ui := &UI{Answers: s.Answers, Silent: true, OnShow: func(shown Shown) { cancel() }}
		_, err = s.loginWith(ctx, ui)
	})
	if sdk.KindOf(err) != sdk.KindCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v; want the context's", err)
	}
}

func loginUnknownMethod(t TB, s *subject) {
	ui := &UI{Answers: s.Answers}
	_, err := s.login(t, ui, func(r *sdk.LoginRequest) { r.Method = "carrier-pigeon" })
	if err == nil {
		t.Fatalf("the method \"carrier-pigeon\" worked")
	}
	wantKind(t, err)
	for _, shown := range ui.Shown() {
		if shown.Method != "Tell" {
			t.Errorf("the person was asked: %s", shown.Method)
		}
	}
}

func loginAsksSecretly(t TB, s *subject) {
	c, ui := s.signIn(t)
	for _, shown := range ui.Shown() {
		if shown.Answer != "" && strings.Contains(shown.Answer, c.Secret.Reveal()) && !shown.Question.Secret {
			t.Errorf("%s %q is not marked as secret", shown.Method, shown.Question.ID)
		}
	}
}

func loginVerify(t TB, s *subject) {
	c, err := s.login(t, &UI{Answers: s.Answers}, func(r *sdk.LoginRequest) { r.Verify = true })
	if err == nil {
		t.Fatalf("Login returned a credential although the service refuses it: %v", c)
	}
	wantKind(t, err, sdk.KindUnauthenticated)
	if slices.ContainsFunc(secretsOf(s), func(secret string) bool { return leaks(err, secret) }) {
		t.Errorf("the error holds the key: %v", err)
	}
}

// secretsOf returns the secrets that no error may hold.
func secretsOf(s *subject) (secrets []string) {
	if c := s.Connection.Credential; c != nil {
		secrets = append(secrets, c.Secret.Reveal(), c.RefreshToken.Reveal())
	}
	if key := s.Answers[sdk.QuestionKey]; key != "" {
		secrets = append(secrets, key)
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}

// leaks reports whether a text of err, or of what it wraps, holds the secret.
func leaks(err error, secret string) bool {
	e := sdk.AsError(err)
	texts := []string{err.Error(), e.Error(), e.Hint, e.Code, e.Field, e.RequestID, e.Host}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		texts = append(texts, cause.Error())
	}
	return strings.Contains(strings.Join(texts, "\n"), secret)
}
