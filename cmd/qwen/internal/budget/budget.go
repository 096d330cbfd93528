// Package budget stops requests before more is used than the user allows: by one run
// of the program, and by all of them in a day.
//
// What a run uses is counted in memory. What was used today is in the usage ledger;
// what is being used at this moment, by this process and by others, is not there yet.
// So each request is claimed before it is sent, in a file beside the ledger, and the
// claim is dropped when the ledger has it. A process that is killed in between leaves
// its claim for the rest of the day: it may well have used what it claimed.
package budget

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/lockedfile"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// Kind is the kind of the error that says that a budget does not allow more. It is no
// service's word, so that package sdk does not know it.
const Kind sdk.ErrorKind = "budget"

// An Amount is how much is used, or may be. As a limit, a number of 0 is none.
type Amount struct{ Requests, Tokens int64 }

func (a Amount) plus(b Amount) Amount {
	return Amount{a.Requests + b.Requests, a.Tokens + b.Tokens}
}

// A Limit is how much may be used, and how people can allow more.
type Limit struct {
	Amount
	RequestsBy, TokensBy string // what sets the numbers: "--max-requests"
}

// A Budget holds the limits of one run of the program and what it has used. Requests
// are sent one after the other: it is for one goroutine.
type Budget struct {
	Run Limit
	Day Limit

	// Ledger knows what was used today; it is needed for Day only.
	Ledger *usage.Ledger

	used   Amount // by this run
	others Amount // of the day, as of the last request: all but what that one takes
	now    Amount // what the request under way takes so far
	output usage.Estimator
	claims []int64 // of requests that the ledger does not have yet
}

// Allow returns nil if a request may be sent, whose input has about so many tokens. An
// error is of [Kind], unless it could not be found out.
func (b *Budget) Allow(ctx context.Context, input int64) error {
	b.now, b.output = Amount{1, input}, usage.Estimator{}
	if err := b.Run.allow("this run", b.used, b.now); err != nil {
		return err
	}
	if b.Day.Amount != (Amount{}) {
		if err := b.claim(ctx); err != nil {
			return err
		}
	}
	b.used.Requests++
	return nil
}

// Spent returns the error that [Budget.Allow] would give for want of requests that this
// run may send, nil if there is one left.
func (b *Budget) Spent() error {
	return b.Run.allow("this run", Amount{Requests: b.used.Requests}, Amount{Requests: 1})
}

// allow returns an error if so much more would be too much. An answer takes a token at
// the least.
func (l *Limit) allow(of string, used, more Amount) error {
	if n := l.Requests; n > 0 && used.Requests+more.Requests > n {
		e := sdk.Errorf(Kind, "the budget of %s is used up: %s of %s sent", of, number(used.Requests), count(n, "request"))
		return e.WithHint("Allow more with %s.", l.RequestsBy)
	}
	if n := l.Tokens; n > 0 && used.Tokens+more.Tokens >= n {
		e := sdk.Errorf(Kind, "the budget of %s is %s: about %s are used, and this request would take more than %s",
			of, count(n, "token"), number(used.Tokens), number(more.Tokens))
		return e.WithHint("Allow more with %s.", l.TokensBy)
	}
	return nil
}

// Add counts a piece of the answer that arrives. An error ends it: then it would
// become more than is allowed.
func (b *Budget) Add(text string) error {
	b.output.Add(text)
	total := b.now.Tokens + b.output.Tokens()
	for _, l := range []struct {
		of    string
		used  int64
		limit *Limit
	}{{"this run", b.used.Tokens, &b.Run}, {"today", b.others.Tokens, &b.Day}} {
		if n := l.limit.Tokens; n > 0 && l.used+total > n {
			e := sdk.Errorf(Kind, "the answer was stopped: the budget of %s, %s, is used up", l.of, count(n, "token"))
			return e.WithHint("What arrived is kept. Allow more with %s.", l.limit.TokensBy)
		}
	}
	return nil
}

// Took says how many tokens the request under way took, now that it is over.
func (b *Budget) Took(tokens int64) { b.used.Tokens += tokens }

// claim notes that a request is about to be sent, if the day has room for it.
func (b *Budget) claim(ctx context.Context) error {
	var refused error
	err := lockedfile.Update(ctx, b.path(), func(old []byte) []byte {
		now := time.Now()
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		list := parse(old).since(midnight)
		b.others = list.total()
		today, err := b.today(midnight)
		if refused = err; err != nil {
			return old
		}
		b.others = b.others.plus(today)
		if refused = b.Day.allow("today", b.others, b.now); refused != nil {
			return list.bytes()
		}
		id := 1 + rand.Int64N(1<<62)
		b.claims = append(b.claims, id)
		return append(list, claimed{id: id, at: now.UnixMilli(), tokens: b.now.Tokens}).bytes()
	})
	if err == nil {
		err = refused
	}
	return unknown(err)
}

// unknown returns the error for a budget that cannot be kept.
func unknown(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), sdk.KindOf(err) == Kind:
		return err
	}
	e := sdk.Errorf(sdk.KindConfig, "what was used today is not known: %v", err)
	return e.WithHint("Without it the budget for the day cannot be kept. Look at the file, or take the budget away.")
}

func (b *Budget) path() string { return filepath.Join(b.Ledger.Dir(), "claims") }

// today returns what the ledger has since midnight.
func (b *Budget) today(midnight time.Time) (used Amount, err error) {
	_, err = b.Ledger.Sums([]time.Time{midnight}, false, func(s usage.Sum) {
		used = used.plus(Amount{s.Requests, s.Input + s.Output})
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return used, err
}

// Entered says that the ledger has all requests that are over: they need no claim any
// more.
func (b *Budget) Entered(ctx context.Context) error {
	if len(b.claims) == 0 {
		return nil
	}
	err := lockedfile.Update(ctx, b.path(), func(old []byte) []byte {
		return parse(old).without(b.claims).bytes()
	})
	b.claims = nil
	return err
}

func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + " " + noun
}

// number writes a number as people read it: 12,345.
func number(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
