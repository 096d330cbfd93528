package term

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
)

// A Console is the terminal while it hands over single keys and the program paints
// below what is on it. It stays in the normal screen: what is finished goes into the
// terminal's own scrollback, once, and what is not, the [Frame], is painted over.
//
// Its methods may be called from any goroutine. It must be closed in any case, also
// when the process is told to end by a signal, which is the caller's to listen for.
type Console struct {
	getenv func(name string) string
	in     *input
	out    io.Writer
	tty    *os.File     // for its mode
	screen *os.File     // for its size
	files  func() error // closes them

	ahead   int // bytes to come that were typed when the terminal still read lines
	decoder decoder
	events  chan Event
	arrived chan Event    // what goes into events, whoever it comes from
	ended   chan struct{} // closed when the input has ended, once
	endOnce sync.Once
	over    chan struct{} // closed when the console is
	answers *answers

	mu      sync.Mutex // held while the terminal is written to
	region  region
	restore func() // the terminal's mode before
	stop    func() // ends reading
	titled  bool
	mute    bool // the terminal does not tell where the cursor is
	closed  bool
}

// ConsoleOptions says how a console is opened.
type ConsoleOptions struct {
	// Getenv looks up an environment variable; nil for an empty environment.
	Getenv func(name string) string
}

// OpenConsole opens the terminal that controls the process. It returns
// [ErrNoTerminal] if there is none.
func OpenConsole(o ConsoleOptions) (*Console, error) {
	in, out, err := openTTY()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	c, err := newConsole(in, out, o)
	if err != nil {
		return nil, errors.Join(err, closeBoth(in, out))
	}
	c.files = func() error { return closeBoth(in, out) }
	return c, nil
}

func closeBoth(in, out *os.File) error {
	if out == in {
		return in.Close()
	}
	return errors.Join(in.Close(), out.Close())
}

// newConsole opens a console on a terminal that somebody else closes.
func newConsole(in, out *os.File, o ConsoleOptions) (*Console, error) {
	c := &Console{
		getenv:  o.Getenv,
		in:      newKeyInput(in),
		out:     out,
		tty:     in,
		screen:  out,
		events:  make(chan Event),
		arrived: make(chan Event),
		ended:   make(chan struct{}),
		over:    make(chan struct{}),
		files:   func() error { return nil },
		answers: newAnswers(),
	}
	if c.getenv == nil {
		c.getenv = func(string) string { return "" }
	}
	c.region.reflow = reflowOf(c.getenv)
	if err := c.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("read keys: %w", err), c.in.close())
	}
	go pass(c.arrived, c.events, c.ended, c.over)
	go c.watchSize()
	return c, nil
}

// start switches the terminal to keys and begins to read them.
func (c *Console) start() error {
	restore, err := rawKeyMode(c.tty, c.screen)
	if err != nil {
		return err
	}
	c.ahead = waiting(c.tty)
	if err := c.write(c.modesOn()); err != nil {
		restore()
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.read(ctx)
	}()
	c.restore, c.stop = restore, func() { cancel(); <-done }
	return nil
}

// pause gives the terminal back as it was. Answers that have been asked for are
// awaited: they would turn up as typed text.
func (c *Console) pause() error {
	var b bytes.Buffer
	c.region.columns, _ = c.locate()
	c.region.erase(&b)
	c.region.showCursor(&b, true)
	b.WriteString(c.modesOff())
	err := c.write(b.String())
	c.answers.wait()
	c.stop()
	c.restore()
	return err
}

// Events returns what happens at the console. It is closed when the input has ended
// and when the console is closed. Events wait until they are received.
func (c *Console) Events() <-chan Event { return c.events }

// Size returns the columns and rows of the terminal as they are now.
func (c *Console) Size() (columns, rows int) {
	columns, rows = size(c.screen)
	if columns <= 0 || rows <= 0 {
		return defaultColumns, defaultRows
	}
	return columns, rows
}

// Draw adds finished lines to what stays on the terminal and paints the frame below
// them. Finished lines may be wider than the terminal, which breaks them; they are
// not cut, so that they can be copied whole. Of the frame, what is too wide or too
// high is cut.
func (c *Console) Draw(finished []string, f Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return os.ErrClosed
	}
	columns, rows := c.locate()
	var b bytes.Buffer
	c.region.draw(&b, finished, f, columns, rows)
	if b.Len() == 0 {
		return nil
	}
	return c.write(b.String())
}

// locate returns the size of the terminal, and finds out where the cursor is if that
// has changed.
func (c *Console) locate() (columns, rows int) {
	columns, rows = c.Size()
	r := &c.region
	changed, settling := c.answers.resized()
	r.stale = r.stale || changed
	r.settling = settling || columns != r.columns && len(r.lines) > 0
	r.reflow = c.answers.reflow(r.reflow)
	if len(r.lines) == 0 || r.reflow != breaksLines || !r.stale && columns == r.columns {
		return columns, rows
	}
	for range 3 { // it may change meanwhile
		before := columns
		r.reported = c.askColumn()
		if columns, rows = c.Size(); columns == before {
			break
		}
	}
	return columns, rows
}

// Redraw has the next Draw paint the whole frame anew, over what somebody else has
// written on the terminal.
func (c *Console) Redraw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.region.stale = true
}

// Suspend gives the terminal back while run is running: to an editor, or to the
// shell. Meanwhile the console waits: run must not call its methods. The next Draw
// paints the frame anew.
func (c *Console) Suspend(run func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return os.ErrClosed
	}
	err := c.pause()
	return errors.Join(err, run(), c.start())
}

// Title names the terminal's window. The name before comes back with Close.
func (c *Console) Title(text string) error {
	if !c.obeys() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	seq := "\x1b]2;" + CleanLine(text) + "\a"
	if !c.titled {
		seq = "\x1b[22;0t" + seq
		c.titled = true
	}
	return c.send(seq)
}

// Bell rings the bell.
func (c *Console) Bell() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.send("\a")
}

// Notify tells somebody who looks elsewhere: by a notification on the desktop if the
// terminal is known to show them, else by the bell.
func (c *Console) Notify(title, text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.send(notification(c.terminal(), title, text))
}

// Copy asks the terminal to put text on the clipboard; see [Copy].
func (c *Console) Copy(text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return os.ErrClosed
	}
	return Copy(c.out, c.getenv, text)
}

// AskBackground asks for the background's colour. If the terminal tells it, that is
// an event, [Background].
func (c *Console) AskBackground() error {
	if !c.obeys() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.send(c.answers.question("\x1b]11;?\x1b\\"))
}

// Close takes the frame away and gives the terminal back as it was. It can be called
// more than once.
func (c *Console) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	err := c.pause()
	if c.titled {
		err = errors.Join(err, c.write("\x1b[23;0t"))
	}
	close(c.over)
	return errors.Join(err, c.in.close(), c.files())
}

func (c *Console) send(seq string) error {
	if c.closed {
		return os.ErrClosed
	}
	return c.write(seq)
}

func (c *Console) write(seq string) error {
	_, err := io.WriteString(c.out, seq)
	return err
}

// What a console wants of the terminal beside single keys: marks around what is
// pasted, word of the focus, and keys told apart that have one code else, such as
// Enter and Shift-Enter: by the protocol of kitty, or as xterm does it. One terminal
// takes the latter for a style, which therefore is reset.
const (
	modesOn  = pasteModeOn + "\x1b[?1004h\x1b[>1u\x1b[>4;1m\x1b[m"
	modesOff = "\x1b[>4;0m\x1b[m\x1b[<u\x1b[?1004l" + pasteModeOff
)

func (c *Console) modesOn() string {
	if !c.obeys() {
		return pasteModeOn
	}
	return modesOn + c.answers.question("\x1b[>q") // its name and version
}

func (c *Console) modesOff() string {
	if !c.obeys() {
		return pasteModeOff
	}
	return modesOff
}

// obeys reports whether the terminal can be trusted to take what it does not know
// for nothing. The console of Linux prints some of it.
func (c *Console) obeys() bool {
	name := c.getenv("TERM")
	return runtime.GOOS == "windows" || name != "" && name != "dumb" && !strings.HasPrefix(name, "linux")
}
