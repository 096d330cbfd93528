package term

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// shownStatus is a status on a screen, with keys to press.
type shownStatus struct {
	*Waiting
	screen    *screen
	keys      chan key
	cancelled context.Context
	signal    context.CancelFunc // ends the keyboard as a signal does
	restored  bool
}

func show(t *testing.T, s Status) *shownStatus {
	t.Helper()
	shown := &shownStatus{screen: newScreen(t, 90, 24), keys: make(chan key)}
	shown.cancelled, s.Cancel = context.WithCancel(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	keyboardCtx, signal := context.WithCancel(ctx)
	shown.signal = signal
	shown.Waiting = &Waiting{
		out:    NewPrompter(strings.NewReader(""), shown.screen),
		cancel: cancel,
		done:   make(chan struct{}),
		status: s,
		screen: &painter{out: shown.screen, size: shown.screen.size, hide: true},
	}
	go shown.run(ctx, &keyboard{ctx: keyboardCtx, keys: shown.keys, stop: func() { shown.restored = true }})
	return shown
}

// sees checks what is on the screen when nothing more happens.
func (s *shownStatus) sees(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	s.mu.Lock() // the screen is the status's own
	defer s.mu.Unlock()
	if got := s.screen.text(); got != strings.Join(want, "\n") {
		t.Errorf("shown:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := show(t, Status{
			Text:    "Waiting for \x1b[2Japproval",
			Expires: time.Now().Add(5 * time.Minute),
			Hints: []Hint{
				{Key: 'o', Does: "open browser", Do: func(context.Context) string { return "not opened: \x1b]0;evil\anone here" }},
				{Key: 'c', Does: "copy link", Do: func(context.Context) string { return "" }},
			},
		})
		const keys = " · o open browser · c copy link · Esc cancel"
		s.sees(t, "Waiting for approval · expires in 5:00"+keys)
		time.Sleep(8 * time.Second)
		s.sees(t, "Waiting for approval · expires in 4:52"+keys)
		s.keys <- 'O'
		s.keys <- 'c'
		s.keys <- 'x'
		s.sees(t, "not opened: none here", "Waiting for approval · expires in 4:52"+keys)
		s.Set("Checking\nthe answer")
		s.Tell("told")
		s.sees(t, "not opened: none here", "told", "Checking the answer · expires in 4:52"+keys)
		s.mu.Lock()
		s.screen.resize(42)
		s.mu.Unlock()
		time.Sleep(time.Second)
		s.sees(t, "not opened: none here", "told", "Checking the answer · expires in 4:51", "o open browser · c copy link · Esc cancel")
		time.Sleep(5 * time.Minute)
		s.sees(t, "not opened: none here", "told", "Checking the answer · expired", "o open browser · c copy link · Esc cancel")
		s.Stop()
		s.Stop()
		s.Set("late")
		s.sees(t, "not opened: none here", "told")
		if !s.restored || s.screen.hidden || s.cancelled.Err() != nil {
			t.Errorf("restored %v, cursor hidden %v, cancelled %v", s.restored, s.screen.hidden, s.cancelled.Err())
		}
	})
}

func TestStatusCancel(t *testing.T) {
	for name, cancel := range map[string]func(s *shownStatus){
		"Esc":    func(s *shownStatus) { s.keys <- keyEsc },
		"Ctrl-C": func(s *shownStatus) { s.keys <- keyCtrlC },
		"signal": func(s *shownStatus) { s.signal() },
		"Esc after the hint": func(s *shownStatus) {
			s.keys <- 'w'
			s.keys <- keyEsc
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := show(t, Status{Text: "Waiting", Hints: []Hint{{'w', "wait", func(context.Context) string { return "" }}}})
				cancel(s)
				s.sees(t, "")
				if s.cancelled.Err() == nil || !s.restored {
					t.Errorf("cancelled %v, restored %v", s.cancelled.Err(), s.restored)
				}
				s.Stop()
			})
		})
	}
}

// Stop ends what a key began: an approval is not kept waiting by a browser.
func TestStatusStopEndsHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := show(t, Status{Text: "Waiting", Hints: []Hint{{'o', "open", func(ctx context.Context) string {
			<-ctx.Done()
			return "opened"
		}}}})
		s.keys <- 'o'
		s.Stop()
		s.sees(t, "")
	})
}

func TestStatusWithoutKeyboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := show(t, Status{Text: "Waiting", Expires: time.Now().Add(time.Minute)})
		close(s.keys)
		time.Sleep(time.Second)
		s.sees(t, "Waiting · expires in 0:59 · Esc cancel")
		s.Stop()
	})
}

func TestStatusPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown bytes.Buffer
		p := NewPrompter(strings.NewReader("o"), &shown)
		w := p.Show(t.Context(), Status{Text: "Waiting", Expires: time.Now().Add(time.Minute), Cancel: func() {}})
		time.Sleep(time.Second)
		w.Set("Waiting")
		w.Set("Checking")
		w.Tell("told")
		w.Stop()
		w.Set("late")
		if got, want := shown.String(), "Waiting · expires in 1:00\nChecking\ntold\n"; got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
	})
}
