// Package pace keeps the requests of all processes of a user under the rate that a
// service allows, rather than have the service refuse some of them.
//
// There is a file for each account, in which every process notes, under a lock, when
// it lets a request go. Where that would be too many within the window, it reserves
// the next time at which it is not, tells the person, and waits in line: a place in
// it is held for as long as its owner says now and then that it is still there, so
// that one that was killed holds up nobody.
//
// The service's clock decides, and a request is longer on its way at one time than at
// another. So a window is kept a little longer than it is; and a request of which
// the service gave no sign of life for longer than that counts from then.
//
// The file is about the next few minutes and about nothing else. It can be removed
// at any time.
package pace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/lockedfile"
	"github.com/qwen-cli/qwen/sdk"
)

// MaxWait is the longest wait for a request's time. Whoever would have to wait longer
// is told so at once.
const MaxWait = 10 * time.Minute

const (
	dirName = "pace" // below the state root

	// renewal is how often somebody who waits says that they still do, and leaseTime
	// how long that is believed.
	renewal   = 3 * time.Second
	leaseTime = 10 * time.Second
)

// An Account is what a service counts requests by, as far as it is known here. None
// of it is a secret.
type Account struct {
	Provider string
	Host     string // host[:port] of the service
	Name     string // of the login, or of the variable that holds the key
}

// file returns the name of the account's file. It is made of its names, which may
// hold any character.
func (a Account) file() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", a.Provider, a.Host, a.Name))
	return hex.EncodeToString(sum[:12])
}

// A Pacer lets requests of one account go in time. It may be used by several
// goroutines at once.
type Pacer struct {
	path   string
	limits []Limit

	// Trouble is told why the file could not be used; the request is let go then. nil:
	// nobody is.
	Trouble func(error)
}

// New returns the pacer of an account, whose files are below the state root. There
// is at least one limit.
func New(root string, account Account, limits []Limit) *Pacer {
	return &Pacer{path: filepath.Join(root, dirName, account.file()), limits: limits}
}

// A Pause is a wait for a request's time.
type Pause struct {
	Until time.Time
	Why   string // as a clause: "to stay under 60 requests a minute"
}

// Wait returns when a request may be sent, and the slot that it takes. Before it waits
// it announces until when, and again if that turns out to be otherwise; an error of
// announce ends it. It returns the context's error if that is done, and one of kind
// [sdk.KindRateLimit] where the wait would be too long.
func (p *Pacer) Wait(ctx context.Context, announce func(Pause) error) (*Slot, error) {
	s := &Slot{pacer: p, id: 1 + rand.Int64N(1<<62)}
	var told time.Time
	for {
		next := s.step(ctx)
		switch {
		case ctx.Err() != nil:
			s.withdraw()
			return nil, ctx.Err()
		case next.err != nil:
			p.trouble(next.err)
			return s, nil
		case next.wait <= 0:
			return s, nil
		case next.wait > MaxWait:
			s.withdraw()
			return nil, tooLong(next)
		}
		until := time.Now().Add(next.wait)
		if until.Sub(told).Abs() >= time.Second {
			told = until
			if err := announce(Pause{Until: until, Why: next.why}); err != nil {
				s.withdraw()
				return nil, err
			}
		}
		sleep(ctx, min(next.wait, renewal))
	}
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func tooLong(next step) error {
	e := sdk.Errorf(sdk.KindRateLimit, "the line of your requests is %v long, %s", next.wait.Round(time.Second), next.why).
		WithHint("Ask fewer things side by side. Without pacing (QWEN_PACING=off) the service decides, and refuses.")
	e.RetryAfter = next.wait
	return e
}

func (p *Pacer) trouble(err error) {
	if p.Trouble != nil {
		p.Trouble(err)
	}
}

// A Slot is the place of one request among the others. It is for one goroutine.
type Slot struct {
	pacer *Pacer
	id    int64
	at    int64 // when it was let go, or will be
}

// A step is what comes next for a slot.
type step struct {
	wait time.Duration // 0: it was let go
	why  string
	err  error
}

// step takes the slot, or a place in the line for it.
func (s *Slot) step(ctx context.Context) (next step) {
	next.err = s.update(ctx, func(b *book, now int64) {
		i := b.find(s.id)
		var t int64
		if i < 0 {
			t, next.why = b.atEnd(now, s.id, s.pacer.limits)
		} else {
			t, next.why = b.before(i).earliest(now, s.id, s.pacer.limits)
		}
		s.at = t
		taken := slot{id: s.id, at: t}
		if t > now {
			taken.lease = now + leaseTime.Milliseconds()
			next.wait = time.Duration(t-now) * time.Millisecond
		}
		b.put(taken)
	})
	return next
}

// update changes the book of the account.
func (s *Slot) update(ctx context.Context, change func(b *book, now int64)) error {
	return lockedfile.Update(ctx, s.pacer.path, func(old []byte) []byte {
		b := parse(old)
		now := time.Now().UnixMilli()
		b.turn(now, s.pacer.keep())
		change(&b, now)
		return b.bytes()
	})
}

// keep is for how long a request counts at all.
func (p *Pacer) keep() time.Duration {
	var longest int64
	for _, l := range p.limits {
		longest = max(longest, l.span())
	}
	return time.Duration(longest) * time.Millisecond
}

// withdraw gives the place in the line to others.
func (s *Slot) withdraw() {
	_ = s.update(context.Background(), func(b *book, _ int64) { b.remove(s.id) })
}

// Heard tells of the first sign of life of the service. If it took long, the request
// may have arrived late, and then it counts from then.
func (s *Slot) Heard() {
	if s.at == 0 {
		return // it could not be noted
	}
	late := time.Duration(time.Now().UnixMilli()-s.at) * time.Millisecond
	for _, l := range s.pacer.limits {
		if late > l.grace() {
			s.countFrom(min(late, s.pacer.keep()))
			return
		}
	}
}

// countFrom says that the request may have arrived so much later than it was let go.
func (s *Slot) countFrom(late time.Duration) {
	err := s.update(context.Background(), func(b *book, now int64) {
		b.put(slot{id: s.id, at: min(s.at+late.Milliseconds(), now)})
	})
	if err != nil {
		s.pacer.trouble(err)
	}
}

// Refused tells that the service refused the request because of its rate, and wants
// none for some time: that holds for all of the account.
func (s *Slot) Refused(wait time.Duration) {
	if wait <= 0 || wait > MaxWait {
		return // not said; or an allowance, for which nobody waits
	}
	err := s.update(context.Background(), func(b *book, now int64) {
		if until := now + wait.Milliseconds(); until > b.blocked {
			b.blocked, b.pause = until, wait.Milliseconds()
		}
	})
	if err != nil {
		s.pacer.trouble(err)
	}
}

// atEnd returns the time for a request that comes after all others, and what it
// waits for: as many as make up a limit have to lie a window apart.
func (b *book) atEnd(now, id int64, limits []Limit) (t int64, why string) {
	t, why = b.unblocked(now, id)
	for _, l := range limits {
		if n := len(b.slots) - l.Amount; n >= 0 && b.slots[n].at+l.span() > t {
			t, why = b.slots[n].at+l.span(), l.reason()
		}
	}
	return t, why
}

// earliest returns the first time from now on at which one more request fits in
// among the others.
func (b *book) earliest(now, id int64, limits []Limit) (t int64, why string) {
	t, why = b.unblocked(now, id)
	for changed := true; changed; {
		changed = false
		for _, l := range limits {
			if n := b.until(t) - l.Amount; n >= 0 && b.slots[n].at+l.span() > t {
				t, why, changed = b.slots[n].at+l.span(), l.reason(), true
			}
		}
	}
	return t, why
}

// until returns how many slots are not after t.
func (b *book) until(t int64) int {
	n := 0
	for n < len(b.slots) && b.slots[n].at <= t {
		n++
	}
	return n
}

// before returns the book without slot i and those that wait behind it.
func (b *book) before(i int) *book {
	others := &book{blocked: b.blocked, pause: b.pause}
	for k, s := range b.slots {
		if k < i || k > i && s.lease == 0 {
			others.slots = append(others.slots, s)
		}
	}
	return others
}

// unblocked returns when a request may be sent as far as the service has asked for a
// pause: now, or after the pause and up to a tenth of it, so that not all come back at
// the same moment.
func (b *book) unblocked(now, id int64) (t int64, why string) {
	if t = b.blocked + b.pause/10*(id&0xff)/0xff; b.blocked <= now || t <= now {
		return now, ""
	}
	return t, "because the service has asked for a pause"
}
