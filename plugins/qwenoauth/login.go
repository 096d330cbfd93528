package qwenoauth

import (
	"context"
	"net/url"

	"github.com/qwen-cli/qwen/sdk"
)

// Login implements [sdk.Provider] by the device authorization grant: a code is
// shown, and the person approves it in a browser anywhere.
func (p *provider) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	if req.Method != "" && req.Method != "device" {
		return nil, sdk.Errorf(sdk.KindUnsupported, "Qwen OAuth has no such way to sign in").
			WithHint("Sign in with the browser.")
	}
	iss, err := issuerOf(&req.Connection)
	if err != nil {
		return nil, err
	}
	d, err := p.begin(ctx, iss)
	if err != nil {
		return nil, err
	}
	if err := d.show(ctx, ui); err != nil {
		return nil, err
	}
	c, err := d.wait(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := iss.resource(c.Endpoint); err != nil {
		return nil, err
	}
	if req.Verify {
		if err := p.verify(ctx, req, c, ui); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// show tells who asks, names the host, and shows the code. Codes are a means of
// phishing: one that somebody else sent signs that person in (RFC 8628 section
// 5.4); the host warns of that wherever it shows one.
func (d *deviceSignIn) show(ctx context.Context, ui sdk.UI) error {
	page, err := url.Parse(d.code.URL)
	if err != nil {
		return err // showable made it
	}
	text := "qwen asks for access to your Qwen account. Approve it at " + page.Host +
		" and check that the code is the same."
	if err := ui.Tell(ctx, text); err != nil {
		return err
	}
	return ui.ShowCode(ctx, d.code)
}

// verify asks the model for one token. A refusal right after the sign-in has one
// known cause; a service that is busy or out of reach, or an allowance that is
// used up, says nothing about the token.
func (p *provider) verify(ctx context.Context, req *sdk.LoginRequest, c *sdk.Credential, ui sdk.UI) error {
	conn := sdk.Connection{Credential: c, Settings: req.Connection.Settings, Network: req.Connection.Network}
	one := int64(1)
	turn := &sdk.ChatRequest{
		Connection: conn, Model: onlyModel,
		Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")},
		Sampling: sdk.Sampling{MaxOutputTokens: &one},
	}
	var failed error
	for _, err := range p.Chat(ctx, turn) {
		failed = err
	}
	switch sdk.KindOf(failed) {
	case "":
		return nil
	case sdk.KindCanceled:
		return failed
	case sdk.KindUnauthenticated, sdk.KindPermission:
		return tierClosed(sdk.AsError(failed))
	}
	return ui.Tell(ctx, "signed in, but the first request failed: "+failed.Error())
}

// tierClosed says what a refusal right after the sign-in means.
func tierClosed(e *sdk.Error) error {
	return &sdk.Error{Kind: sdk.KindUnauthenticated, Host: e.Host, Status: e.Status, Code: e.Code, RequestID: e.RequestID, Err: e,
		Message: "the sign-in worked, but Qwen refuses the token: it closed its free tier on 2026-04-15",
		Hint:    nextStep}
}
