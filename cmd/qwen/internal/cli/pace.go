package cli

import (
	"context"
	"slices"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/pace"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// Values of the setting "pacing" that are no rate.
const (
	pacingOn  = "on"
	pacingOff = "off"
)

// rates returns the rates to keep over a connection: those that its provider declares,
// unless the setting says otherwise.
func (c *connection) rates() ([]pace.Limit, error) {
	switch text := c.config.Options.Pacing; text {
	case pacingOff:
		return nil, nil
	case pacingOn:
		return pace.Limits(c.declaredLimits()), nil
	default:
		limit, err := pace.ParseLimit(text)
		if err != nil {
			return nil, &config.Error{Source: c.config.Get("pacing").Source, Key: "pacing", Problem: err.Error(), Next: "Use on, off, or a rate."}
		}
		return []pace.Limit{limit}, nil
	}
}

// declaredLimits returns the limits that hold for every account, and those of the plan
// that the user has named.
func (c *connection) declaredLimits() []sdk.Limit {
	limits := slices.Clone(c.about.Limits)
	for _, p := range c.about.Plans {
		if p.ID == c.config.Options.UsagePlan {
			limits = append(limits, p.Limits...)
		}
	}
	return limits
}

// A metronome keeps the rate of the service while one turn goes on.
type metronome struct {
	pacer *pace.Pacer
	slot  *pace.Slot // of the request that is under way
}

// metronome returns what keeps the rate of a connection's service, nil if it has none.
// key says whose requests count together.
func (a *app) metronome(c *connection, key usage.Key) (*metronome, error) {
	limits, err := c.rates()
	root := c.config.StateRoot.Text
	if err != nil || len(limits) == 0 || root == "" {
		return nil, err
	}
	p := pace.New(root, pace.Account{Provider: key.Provider, Host: key.Host, Name: key.Connection}, limits)
	p.Trouble = func(err error) {
		a.noteOnce("requests of other processes are not known, and the rate may be exceeded: %v", err)
	}
	return &metronome{pacer: p}, nil
}

// drive makes a turn keep the rate.
func (m *metronome) drive(o *chat.Options) {
	o.Pace = m.wait
	if heard := o.Heard; heard != nil {
		o.Heard = func() { heard(); m.heard() }
	} else {
		o.Heard = m.heard
	}
	sent := o.Sent
	o.Sent = func(a chat.Attempt) { sent(a); m.sent(a) }
}

// wait waits for a request's time.
func (m *metronome) wait(ctx context.Context, announce func(chat.Pause) error) (err error) {
	m.slot, err = m.pacer.Wait(ctx, func(p pace.Pause) error { return announce(chat.Pause(p)) })
	return err
}

// heard notes the first sign of life.
func (m *metronome) heard() {
	if m.slot != nil {
		m.slot.Heard()
	}
}

// sent notes how a request ended.
func (m *metronome) sent(attempt chat.Attempt) {
	if m.slot != nil && attempt.Kind == sdk.KindRateLimit {
		m.slot.Refused(attempt.RetryAfter)
	}
}

// showPause returns what tells of a wait for a request's time.
func showPause(r render.Renderer) func(chat.Pause, sdk.Origin) error {
	return func(p chat.Pause, origin sdk.Origin) error {
		return r.Pause(render.Pause{Provider: origin.Provider, Host: hostOf(origin.Endpoint), Until: p.Until, Why: p.Why})
	}
}
