package repl

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/sdk"
)

// chooseModel asks the model of that name from now on, or lets the person pick one
// of those that the service has.
func (c *Chat) chooseModel(ctx context.Context, name string) error {
	if c.connection == nil {
		return errNobody()
	}
	if name != "" {
		return c.setModel(name)
	}
	models, err := c.listModels(ctx)
	if err != nil {
		e := *sdk.AsError(err)
		e.Hint = strings.TrimSpace(e.Hint + " /model NAME chooses one without the list.")
		return &e
	}
	if len(models) == 0 {
		return sdk.Errorf(sdk.KindConfig, "%s has no list of models", c.about().Host).WithHint("Name one: /model NAME.")
	}
	picker := front.Picker{Label: "Model", Current: -1}
	for i, m := range models {
		if m.ID == c.modelName() {
			picker.Current = i
		}
		picker.Options = append(picker.Options, front.Option{Label: m.ID, Note: modelNote(m)})
	}
	i, err := c.Front.Pick(ctx, picker)
	if err != nil {
		return err
	}
	return c.setModel(models[i].ID)
}

func errNobody() error {
	return sdk.Errorf(sdk.KindUnauthenticated, "no provider is connected").WithHint("/auth signs in, or chooses a login.")
}

func (c *Chat) setModel(name string) error {
	c.model = name
	c.note(fmt.Sprintf("The next message goes to %s at %s.", name, c.about().Host))
	return nil
}

// modelName returns the model that is asked next.
func (c *Chat) modelName() string {
	if c.model != "" {
		return c.model
	}
	return c.about().Model
}

// listModels asks the service, and puts those first that were used last.
func (c *Chat) listModels(ctx context.Context) ([]sdk.Model, error) {
	host := c.about().Host
	c.Front.State(front.State{Phase: front.Checking, Text: "Asking " + host + " for its models", Host: host, Since: time.Now()})
	defer c.Front.State(front.State{})
	models, err := c.connection.Models(ctx)
	if err != nil {
		return nil, err
	}
	c.models.add(models)
	recent := c.recentModels(ctx)
	rank := func(m sdk.Model) int {
		if i := slices.Index(recent, m.ID); i >= 0 {
			return i
		}
		return len(recent)
	}
	models = slices.Clone(models)
	slices.SortStableFunc(models, func(a, b sdk.Model) int { return rank(a) - rank(b) })
	return models, nil
}

// recentModels lists the models that were spoken to at the connection in use, the
// last one first.
func (c *Chat) recentModels(ctx context.Context) []string {
	recent := []string{c.modelName()}
	if c.Store == nil {
		return recent
	}
	list, err := c.Store.List(ctx)
	if err != nil {
		return recent // the list of sessions is not what was asked for
	}
	for _, m := range list {
		if m.Connection == c.about().Name && m.Model != "" && !slices.Contains(recent, m.Model) {
			recent = append(recent, m.Model)
		}
	}
	return recent
}

// modelNote describes a model beside its name.
func modelNote(m sdk.Model) string {
	var parts []string
	if m.DisplayName != "" && m.DisplayName != m.ID {
		parts = append(parts, m.DisplayName)
	}
	if m.ContextTokens > 0 {
		parts = append(parts, "context "+tokens(m.ContextTokens))
	}
	if slices.Contains(m.Input, "image") {
		parts = append(parts, "images")
	}
	if m.Reasoning {
		parts = append(parts, "thinks")
	}
	if m.Note != "" {
		parts = append(parts, m.Note)
	}
	return strings.Join(parts, " · ")
}

// tokens writes a number of tokens shortly: 128K, 1M.
func tokens(n int64) string {
	switch {
	case n >= 1_000_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0") + "M"
	case n >= 10_000 && n%1024 == 0:
		return fmt.Sprintf("%dK", n>>10)
	case n >= 10_000:
		return fmt.Sprintf("%dK", n/1000)
	}
	return front.Count(n)
}

// footer shows as whom one speaks to whom, and what is left.
func (c *Chat) footer() {
	f := front.Footer{Connection: "not connected: /auth"}
	if c.connection != nil {
		f = front.Footer{Connection: c.described(), Model: c.modelName(), Context: c.contextUsed(), Limit: c.left}
	}
	if n := len(c.attached); n > 0 {
		f.Attached = count(n, "file attached", "files attached")
	}
	c.Front.Footer(f)
}

// contextUsed says how much of the model's context the conversation takes, if both
// are known.
func (c *Chat) contextUsed() string {
	used := c.talk.tokens
	if used == 0 {
		return ""
	}
	window := c.models.get(c.modelName()).ContextTokens
	if window == 0 {
		return "context " + tokens(used) + " tokens"
	}
	share := float64(used) * 100 / float64(window)
	if share < 10 {
		return fmt.Sprintf("context %.1f %%", share)
	}
	return fmt.Sprintf("context %.0f %%", share)
}

// system shows, sets or removes the instructions to the model.
func (c *Chat) system(_ context.Context, text string) error {
	switch {
	case text == "" && c.System == "":
		c.note("There are no instructions to the model. /system TEXT sets some.")
	case text == "":
		c.Front.Say(front.Entry{Kind: front.Report, Text: c.System})
	case text == "-":
		c.System = ""
		c.note("The instructions to the model are removed.")
	default:
		c.System = text
		c.note("The instructions go with every message from now on.")
	}
	return nil
}

// A modelBook holds what is known of models. It may be used concurrently: what is
// typed is completed while the chat goes on.
type modelBook struct {
	mu     sync.Mutex
	models []sdk.Model
}

func (b *modelBook) add(models []sdk.Model) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range models {
		if i := b.index(m.ID); i >= 0 {
			b.models[i] = m
			continue
		}
		b.models = append(b.models, m)
	}
}

func (b *modelBook) index(id string) int {
	return slices.IndexFunc(b.models, func(m sdk.Model) bool { return m.ID == id })
}

// get returns what is known of a model: nothing but its name, perhaps.
func (b *modelBook) get(id string) sdk.Model {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := b.index(id); i >= 0 {
		return b.models[i]
	}
	return sdk.Model{ID: id}
}

func (b *modelBook) all() []sdk.Model {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.models)
}
