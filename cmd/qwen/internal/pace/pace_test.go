package pace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// childRoot turns the test binary into a process that waits for its time below this
// state root, says when that was, and ends.
const childRoot = "PACE_TEST_ROOT"

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		p := New(root, account, []Limit{{20, 500 * time.Millisecond}})
		p.Trouble = func(err error) { fmt.Println(err) }
		slot, err := p.Wait(context.Background(), quiet)
		fmt.Println(slot.at, err)
		return
	}
	os.Exit(m.Run())
}

var account = Account{Provider: "acme", Host: "api.acme.example", Name: "work"}

func quiet(Pause) error { return nil }

// A service counts what arrives in a window that ends with each request.
type service struct {
	mu       sync.Mutex
	arrivals []time.Time
}

func (s *service) arrive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrivals = append(s.arrivals, time.Now())
}

// most returns how many requests arrived within any window at most.
func most(arrivals []time.Time, window time.Duration) int {
	slices.SortFunc(arrivals, time.Time.Compare)
	n := 0
	for i := range arrivals {
		k := i
		for k < len(arrivals) && arrivals[k].Sub(arrivals[i]) < window {
			k++
		}
		n = max(n, k-i)
	}
	return n
}

// However long requests are on their way, no more than the limit arrive in a window,
// and not many fewer.
func TestKeepsTheRate(t *testing.T) {
	const n = 150
	limit := []Limit{{20, time.Minute}}
	for name, way := range map[string]time.Duration{"as fast as one another": 0, "a little late": 2 * time.Second, "far too late": 40 * time.Second} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				var s service
				var all sync.WaitGroup
				began := time.Now()
				for range n {
					all.Go(func() {
						time.Sleep(rand.N(3 * time.Second))
						slot, err := New(root, account, limit).Wait(t.Context(), quiet)
						if err != nil {
							t.Error(err)
							return
						}
						time.Sleep(rand.N(way + 1))
						s.arrive()
						slot.Heard()
					})
				}
				all.Wait()
				if got := most(s.arrivals, time.Minute); got > 20 || len(s.arrivals) != n {
					t.Errorf("%d of %d requests within a minute", got, len(s.arrivals))
				}
				windows := time.Duration(n/20 + 1)
				if took := time.Since(began); took > windows*(time.Minute+maxGrace+way) {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestSeveralLimits(t *testing.T) {
	root := t.TempDir()
	limits := []Limit{{5, 2 * time.Second}, {20, time.Minute}}
	synctest.Test(t, func(t *testing.T) {
		var s service
		var all sync.WaitGroup
		for range 45 {
			all.Go(func() {
				if _, err := New(root, account, limits).Wait(t.Context(), quiet); err != nil {
					t.Error(err)
				}
				s.arrive()
			})
		}
		all.Wait()
		for _, l := range limits {
			if got := most(s.arrivals, l.Window); got != l.Amount {
				t.Errorf("%d requests in %v, want %d", got, l.Window, l.Amount)
			}
		}
	})
}

// Sixty-one processes at once.
func TestProcesses(t *testing.T) {
	root := t.TempDir()
	var mu sync.Mutex
	var times []time.Time
	var all sync.WaitGroup
	for range 61 {
		all.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), childRoot+"="+root)
			out, err := cmd.Output()
			millis, rest, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
			n, numErr := strconv.ParseInt(millis, 10, 64)
			if err != nil || numErr != nil || rest != "<nil>" {
				t.Errorf("%v: %s", err, out)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, time.UnixMilli(n))
		})
	}
	all.Wait()
	if got := most(times, 500*time.Millisecond); got > 20 || len(times) != 61 {
		t.Errorf("%d of %d requests within the window", got, len(times))
	}
}

// wait waits in a bubble and returns how long that took and what was announced.
func wait(ctx context.Context, root string, limits ...Limit) (slot *Slot, took time.Duration, told []Pause, err error) {
	began := time.Now()
	slot, err = New(root, account, limits).Wait(ctx, func(p Pause) error { told = append(told, p); return nil })
	return slot, time.Since(began), told, err
}

func TestAnnouncesOnce(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		minute := Limit{2, time.Minute}
		for range 2 {
			if _, took, told, err := wait(t.Context(), root, minute); took != 0 || told != nil || err != nil {
				t.Fatalf("%v, %v, %v", took, told, err)
			}
		}
		time.Sleep(20 * time.Second)
		began := time.Now()
		_, took, told, err := wait(t.Context(), root, minute)
		if took != 43*time.Second || err != nil || len(told) != 1 || told[0].Why != "to stay under 2 requests a minute" || told[0].Until.Sub(began) != took {
			t.Errorf("%v, %v, %v", took, told, err)
		}
	})
}

// Another account is none of ours.
func TestAccountsAreApart(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		for _, a := range []Account{account, {"acme", "api.acme.example", "home"}, {"acme", "eu.acme.example", "work"}, {"zeus", "api.acme.example", "work"}} {
			began := time.Now()
			if _, err := New(root, a, []Limit{{1, time.Minute}}).Wait(t.Context(), quiet); err != nil || time.Since(began) != 0 {
				t.Errorf("%v: waited %v, %v", a, time.Since(began), err)
			}
		}
	})
}

// Who stops waiting, is stopped or is killed leaves the place to others.
func TestPlaceInLineIsGivenUp(t *testing.T) {
	minute := Limit{1, time.Minute}
	for name, leave := range map[string]func(root string) time.Duration{
		"cancelled": func(root string) time.Duration {
			ctx, cancel := context.WithCancel(context.Background())
			announced := func(Pause) error { cancel(); return nil }
			if _, err := New(root, account, []Limit{minute}).Wait(ctx, announced); !errors.Is(err, context.Canceled) {
				return -1
			}
			return 0
		},
		"cannot be told": func(root string) time.Duration {
			broken := errors.New("broken pipe")
			announced := func(Pause) error { return broken }
			if _, err := New(root, account, []Limit{minute}).Wait(context.Background(), announced); !errors.Is(err, broken) {
				return -1
			}
			return 0
		},
		"killed": func(root string) time.Duration {
			s := &Slot{pacer: New(root, account, []Limit{minute}), id: 7}
			s.step(context.Background())
			return leaseTime
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				wait(t.Context(), root, minute)
				longest := leave(root)
				if longest < 0 {
					t.Fatal("the wait did not end as it should")
				}
				_, took, _, err := wait(t.Context(), root, minute)
				if took > 63*time.Second+longest || err != nil {
					t.Errorf("waited %v, %v", took, err)
				}
			})
		})
	}
}

// A thousand that were killed in line hold up nobody for longer than they are
// believed to be there.
func TestManyKilled(t *testing.T) {
	root := t.TempDir()
	minute := Limit{60, time.Minute}
	synctest.Test(t, func(t *testing.T) {
		for i := range 500 {
			s := &Slot{pacer: New(root, account, []Limit{minute}), id: int64(i + 1)}
			s.step(t.Context())
		}
		if _, took, _, err := wait(t.Context(), root, minute); took > 63*time.Second+renewal || err != nil {
			t.Errorf("waited %v, %v", took, err)
		}
	})
}

func TestTooLong(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		limit := Limit{1, 5 * time.Minute}
		for i := range 3 {
			s := &Slot{pacer: New(root, account, []Limit{limit}), id: int64(i + 1)}
			s.step(t.Context())
		}
		_, took, told, err := wait(t.Context(), root, limit)
		if took != 0 || told != nil || sdk.KindOf(err) != sdk.KindRateLimit || sdk.AsError(err).RetryAfter < MaxWait {
			t.Errorf("%v, %v, %v", took, told, err)
		}
	})
}

// What the service asks of one, all do.
func TestRefusalHoldsForAll(t *testing.T) {
	root := t.TempDir()
	limit := Limit{60, time.Minute}
	synctest.Test(t, func(t *testing.T) {
		slot, _, _, _ := wait(t.Context(), root, limit)
		slot.Refused(20 * time.Second)
		slot.Refused(5 * time.Second)
		slot.Refused(time.Hour) // for an allowance nobody waits
		_, took, told, err := wait(t.Context(), root, limit)
		if took < 20*time.Second || took > 22*time.Second || err != nil || len(told) != 1 {
			t.Errorf("waited %v, %v, %v", took, told, err)
		}
		if _, took, _, _ := wait(t.Context(), root, limit); took > 2*time.Second {
			t.Errorf("the next waited %v", took)
		}
	})
}

// store writes a book as another process has left it.
func store(t *testing.T, root string, data []byte) {
	t.Helper()
	path := New(root, account, nil).path
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A clock that was set back by hours, or that was hours ahead for a while, is no
// reason to wait for hours.
func TestClockSetBack(t *testing.T) {
	limit := Limit{2, time.Minute}
	for _, back := range []time.Duration{time.Second, 30 * time.Second, 5 * time.Minute, 7 * time.Hour, 20 * 365 * 24 * time.Hour} {
		t.Run(back.String(), func(t *testing.T) {
			root := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				then := time.Now().Add(back).UnixMilli()
				ahead := book{written: then, blocked: then + 1000, pause: 1000, slots: []slot{{id: 1, at: then - 50_000}, {id: 2, at: then - 40_000}}}
				store(t, root, ahead.bytes())
				if _, took, _, err := wait(t.Context(), root, limit); took != 13*time.Second || err != nil {
					t.Errorf("waited %v, %v", took, err)
				}
			})
		})
	}
}

func TestClockSetForward(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		then := time.Now().Add(-9 * time.Hour).UnixMilli()
		store(t, root, (&book{written: then, blocked: then + 1000, slots: []slot{{id: 1, at: then}}}).bytes())
		if _, took, _, err := wait(t.Context(), root, Limit{1, time.Minute}); took != 0 || err != nil {
			t.Errorf("waited %v, %v", took, err)
		}
	})
}

// A file that cannot be used is told, and stops nothing.
func TestTrouble(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, dirName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := New(root, account, []Limit{{1, time.Minute}})
	var told error
	p.Trouble = func(err error) { told = err }
	slot, err := p.Wait(t.Context(), quiet)
	if err != nil || told == nil {
		t.Errorf("%v, told %v", err, told)
	}
	slot.Heard()
}

// Whatever is in the file, nobody waits for longer than is said, nor for ever.
func FuzzBook(f *testing.F) {
	f.Add([]byte(nil), int64(1_000_000))
	f.Add((&book{written: 5, slots: []slot{{1, 3, 0}, {2, 900_000, 5_000}}}).bytes(), int64(10))
	f.Add((&book{written: 1 << 60, blocked: 1 << 61, pause: -1, slots: []slot{{1, -1 << 62, 1 << 62}}}).bytes(), int64(1<<40))
	f.Fuzz(func(t *testing.T, data []byte, now int64) {
		now = now&(1<<45-1) + 1
		b := parse(append([]byte(header), data...))
		limits := []Limit{{2, time.Minute}}
		b.turn(now, time.Minute+maxGrace)
		at, _ := b.atEnd(now, 1, limits)
		if longest := now + (MaxWait + 2*time.Minute).Milliseconds(); at < now || at > longest {
			t.Fatalf("waits %v", time.Duration(at-now)*time.Millisecond)
		}
		again := parse(b.bytes())
		if !slices.Equal(again.slots, b.slots) || again.blocked != b.blocked || again.written != b.written {
			t.Fatalf("%+v became %+v", b, again)
		}
		for i := range b.slots {
			if at, _ := b.before(i).earliest(now, 1, limits); at < now {
				t.Fatal("in the past")
			}
		}
	})
}

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]Limit{"60/1m": {60, time.Minute}, "5/s": {5, time.Second}, "30/m": {30, time.Minute}, "20/2s": {20, 2 * time.Second}} {
		if got, err := ParseLimit(text); got != want || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "60", "/m", "0/s", "-1/s", "5/h", "5/6m", "5/0s", "5/x", "99999999/s", "5/1ns"} {
		if got, err := ParseLimit(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestLimits(t *testing.T) {
	got := Limits([]sdk.Limit{
		{Unit: sdk.LimitRequests, Amount: 60, Window: time.Minute, Resets: "rolling"},
		{Unit: sdk.LimitTokens, Amount: 60, Window: time.Minute},
		{Unit: sdk.LimitRequests, Amount: 2000, Window: 24 * time.Hour},
		{Unit: sdk.LimitRequests, Amount: 0, Window: time.Minute},
		{Unit: sdk.LimitRequests, Amount: 1, Window: time.Second},
	})
	if len(got) != 2 || got[0].String() != "60 requests a minute" || got[1].String() != "1 request a second" {
		t.Errorf("%v", got)
	}
}

// What a request costs that need not wait, with a full minute in the file.
func BenchmarkWait(b *testing.B) {
	root := b.TempDir()
	limit := []Limit{{1000, 10 * time.Millisecond}}
	for b.Loop() {
		if _, err := New(root, account, limit).Wait(b.Context(), quiet); err != nil {
			b.Fatal(err)
		}
	}
}
