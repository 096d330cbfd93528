package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/sdk"
)

// auth lets the person choose a connection, or sign in. With a name it uses that
// one.
func (c *Chat) auth(ctx context.Context, name string) error {
	known, err := c.Backend.Known(ctx)
	if err != nil {
		return err
	}
	if name != "" {
		return c.authNamed(ctx, known, name)
	}
	methods := c.Backend.Methods(ctx)
	picker := front.Picker{Label: "Use a login, or sign in", Current: -1}
	for i, k := range known {
		if c.isCurrent(k) {
			picker.Current = i
		}
		picker.Options = append(picker.Options, front.Option{Label: k.Name, Note: k.Note})
	}
	if len(known) == 0 {
		picker.Label = "Sign in with"
	}
	for _, m := range methods {
		picker.Options = append(picker.Options, front.Option{Label: m.Label, Note: m.Note})
	}
	if len(picker.Options) == 0 {
		return sdk.Errorf(sdk.KindConfig, "no plugin offers a way to sign in")
	}
	i, err := c.Front.Pick(ctx, picker)
	switch {
	case err != nil:
		return err
	case i >= len(known):
		return c.signIn(ctx, methods[i-len(known)])
	}
	return c.authKnown(ctx, known[i], methods)
}

// authNamed uses the connection of that name, or signs in with the provider of that
// name.
func (c *Chat) authNamed(ctx context.Context, known []Known, name string) error {
	for _, k := range known {
		if k.Name == name {
			return c.switchTo(ctx, name)
		}
	}
	for _, m := range c.Backend.Methods(ctx) {
		if m.Provider == name {
			return c.signIn(ctx, m)
		}
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = k.Name
	}
	return sdk.Errorf(sdk.KindConfig, "there is no login or provider %q", name).
		WithHint("Logins: %s. /auth alone shows all there is.", strings.Join(names, ", "))
}

// authKnown asks what to do with a login. One that is not in use is simply used, if
// that is all that can be done with it.
func (c *Chat) authKnown(ctx context.Context, k Known, methods []Method) error {
	if !k.Login {
		return c.switchTo(ctx, k.Name)
	}
	i, err := c.Front.Pick(ctx, front.Picker{Label: k.Name, Current: -1, Options: []front.Option{
		{Label: "Use it"},
		{Label: "Edit it", Note: "sign in again in its place: another key, another address"},
		{Label: "Sign out", Note: "remove it from this machine"},
	}})
	switch {
	case err != nil:
		return err
	case i == 1:
		return c.signInAgain(ctx, k, methods)
	case i == 2:
		return c.signOut(ctx, k)
	}
	return c.switchTo(ctx, k.Name)
}

// isCurrent reports whether k is the connection that the next message goes to.
func (c *Chat) isCurrent(k Known) bool {
	return c.connection != nil && c.about().Name == k.Name && c.about().Provider == k.Provider
}

// signInAgain replaces a login.
func (c *Chat) signInAgain(ctx context.Context, k Known, methods []Method) error {
	of := slices.DeleteFunc(slices.Clone(methods), func(m Method) bool { return m.Provider != k.Provider })
	if len(of) == 0 {
		return sdk.Errorf(sdk.KindConfig, "the plugin of %s offers no way to sign in", k.Name)
	}
	m := of[0]
	if len(of) > 1 {
		picker := front.Picker{Label: "Sign in to " + k.Name + " with", Current: -1}
		for _, m := range of {
			picker.Options = append(picker.Options, front.Option{Label: m.Note})
		}
		i, err := c.Front.Pick(ctx, picker)
		if err != nil {
			return err
		}
		m = of[i]
	}
	m.Login = k.Name
	return c.signIn(ctx, m)
}

// signOut removes a login. What is said goes on with the others.
func (c *Chat) signOut(ctx context.Context, k Known) error {
	yes, err := c.Front.Confirm(ctx, "Remove the login "+k.Name+" from this machine?", false)
	if err != nil || !yes {
		return err
	}
	current := c.isCurrent(k)
	if err := c.Backend.SignOut(ctx, k.Name); err != nil {
		return err
	}
	if !current {
		return nil
	}
	c.connection, c.model = nil, ""
	connection, err := c.Backend.Start(ctx)
	if errors.Is(err, ErrNobody) {
		c.note("No provider is connected any more. /auth signs in.")
		return nil
	}
	if err != nil {
		return err
	}
	c.changed(connection)
	return nil
}

// signIn signs in and uses the new login.
func (c *Chat) signIn(ctx context.Context, m Method) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ui := &signInUI{chat: c, cancel: cancel}
	name, err := c.Backend.SignIn(ctx, m, ui)
	ui.end()
	if err != nil {
		return err
	}
	connection, err := c.Backend.Connect(ctx, name)
	if err != nil {
		return err
	}
	c.changed(connection)
	return nil
}

// switchTo makes a connection the one in use, once the service has accepted it. The
// old one stays if it does not.
func (c *Chat) switchTo(ctx context.Context, name string) error {
	connection, err := c.Backend.Connect(ctx, name)
	if err == nil {
		err = c.check(ctx, connection)
	}
	if err != nil {
		return c.stay(err)
	}
	if err := c.Backend.Keep(ctx, name); err != nil {
		c.tell(err)
	}
	c.changed(connection)
	return nil
}

func (c *Chat) check(ctx context.Context, connection Connection) error {
	host := connection.About().Host
	c.Front.State(front.State{Phase: front.Checking, Text: "Checking with " + host, Host: host, Since: time.Now()})
	defer c.Front.State(front.State{})
	return connection.Check(ctx)
}

// stay adds to an error that nothing has changed.
func (c *Chat) stay(err error) error {
	if c.connection == nil || errors.Is(err, context.Canceled) {
		return err
	}
	e := *sdk.AsError(err)
	e.Hint = strings.TrimSpace(e.Hint + " Still using " + c.described() + ".")
	return &e
}

// changed makes connection the one that the next message goes to, and says so.
func (c *Chat) changed(connection Connection) {
	if c.connection == nil || c.connection.About().Provider != connection.About().Provider || c.connection.About().Host != connection.About().Host {
		c.model = "" // a model of the other service
	}
	c.use(connection)
	if c.talk.lastPrompt() >= 0 {
		c.tell(c.talk.note("From here on: " + c.described() + "."))
	}
	c.note(fmt.Sprintf("Now using %s. The next message goes to %s.", c.described(), c.about().Host))
}

// provider speaks to another provider, as the configuration has it.
func (c *Chat) provider(ctx context.Context, name string) error {
	plugins := c.Backend.Plugins(ctx)
	if name == "" {
		picker := front.Picker{Label: "Provider", Current: -1}
		for i, p := range plugins {
			if c.connection != nil && c.about().Provider == p.Name {
				picker.Current = i
			}
			picker.Options = append(picker.Options, front.Option{Label: p.Name, Note: p.Summary})
		}
		i, err := c.Front.Pick(ctx, picker)
		if err != nil {
			return err
		}
		name = plugins[i].Name
	}
	connection, err := c.Backend.ConnectProvider(ctx, name)
	if errors.Is(err, ErrNobody) {
		return c.firstSignIn(ctx, name)
	}
	if err == nil {
		err = c.check(ctx, connection)
	}
	if err != nil {
		return c.stay(err)
	}
	c.changed(connection)
	return nil
}

// firstSignIn signs in to a provider that nobody has signed in to.
func (c *Chat) firstSignIn(ctx context.Context, provider string) error {
	for _, m := range c.Backend.Methods(ctx) {
		if m.Provider == provider {
			return c.signIn(ctx, m)
		}
	}
	return c.stay(sdk.Errorf(sdk.KindUnauthenticated, "not signed in to %s, and its plugin offers no way to", provider))
}

// described names the connection in use: "work (llm.example.com)".
func (c *Chat) described() string {
	a := c.about()
	if a.Host == "" || a.Name == a.Host {
		return a.Name
	}
	return a.Name + " (" + a.Host + ")"
}

// about returns what is known of the connection in use.
func (c *Chat) about() About {
	if c.connection == nil {
		return About{}
	}
	return c.connection.About()
}

// signInUI lets a provider ask the person in the chat.
type signInUI struct {
	chat   *Chat
	cancel context.CancelFunc
	close  func() // takes away what is shown; nil: nothing is
}

var _ sdk.UI = (*signInUI)(nil)

// end takes away what is still shown.
func (u *signInUI) end() {
	if u.close != nil {
		u.close()
		u.close = nil
	}
	u.chat.Front.State(front.State{})
}

// Tell implements [sdk.UI].
func (u *signInUI) Tell(_ context.Context, text string) error {
	u.end()
	u.chat.note(u.chat.Backend.Clean(text))
	return nil
}

// ShowCode implements [sdk.UI].
func (u *signInUI) ShowCode(_ context.Context, code sdk.DeviceCode) error {
	u.end()
	u.close = u.chat.Front.ShowCode(code, u.cancel)
	return nil
}

// Ask implements [sdk.UI].
func (u *signInUI) Ask(ctx context.Context, q sdk.Question) (string, error) {
	u.end()
	return u.chat.Front.Ask(ctx, q)
}

// Choose implements [sdk.UI].
func (u *signInUI) Choose(ctx context.Context, choice sdk.Choice) (string, error) {
	u.end()
	picker := front.Picker{Label: choice.Label, Current: -1}
	for i, o := range choice.Options {
		if o.ID == choice.Default {
			picker.Current = i
		}
		picker.Options = append(picker.Options, front.Option{Label: o.Label, Note: o.Note})
	}
	i, err := u.chat.Front.Pick(ctx, picker)
	if err != nil {
		return "", err
	}
	return choice.Options[i].ID, nil
}

// Confirm implements [sdk.UI].
func (u *signInUI) Confirm(ctx context.Context, q sdk.Question) (bool, error) {
	u.end()
	return u.chat.Front.Confirm(ctx, q.Label, q.Default == "yes")
}

// Wait implements [sdk.UI].
func (u *signInUI) Wait(_ context.Context, text string) error {
	u.end()
	if text != "" {
		u.chat.Front.State(front.State{Phase: front.Checking, Text: u.chat.Backend.Clean(text), Since: time.Now()})
	}
	return nil
}
