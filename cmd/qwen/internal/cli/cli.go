// Package cli is the command line: it parses, calls the packages that do the
// work, and turns what they return into output and an exit code. Cobra lives
// here and nowhere else.
//
// One file holds one command. What would be worth testing without cobra belongs
// into another package.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/budget"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/early"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/redact"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// An app is one run of the program: its surroundings, read once.
type app struct {
	args    []string
	environ []string
	dir     string // working directory
	home    string // "" if there is none
	root    string // directory of the program's own files, "" if there is none
	streams term.Streams
	builtin []*sdk.Description

	// secrets is fed with every secret that comes to be known; stderr removes
	// them from all that is written there.
	secrets *redact.Redactor
	stderr  io.Writer
	errors  *stderrWriter // below stderr

	host   *pluginhost.Host
	log    hclog.Logger
	format string // of the output, for errors; known once flags are parsed

	stdinUsed   bool            // standard input has been read
	interrupted <-chan struct{} // closed by Ctrl-C

	// takesInterrupt is given Ctrl-C in place of ending the program; nil: nobody is.
	takesInterrupt atomic.Pointer[chan os.Signal]

	watched  []*watchedWriter // standard output and error
	trusting trusting
	exposed  <-chan string // what there is to say about files with keys; see checkSecretFiles

	flags  *pflag.FlagSet // of the command that runs
	budget *budget.Budget // of this run; nil until something is sent, and where there is none
	plain  atomic.Bool    // --plain: nothing is painted over
	chosen *credstore.ID  // login asked for by name; nil if none was
	noted  sync.Map       // what noteOnce has said
}

// Main runs the program and returns its exit code. The providers are the
// built-in ones: they run in processes of their own, and are asked here for
// their descriptions only.
func Main(builtin ...sdk.Provider) int {
	a := newApp(os.Args[1:], os.Environ(), builtin)
	ctx, stop := a.untilSignal()
	defer stop()
	a.interrupted = ctx.Done()
	code := make(chan int, 1)
	go func() { code <- a.run(ctx) }()
	select {
	case c := <-code:
		return c
	case <-stuck(ctx, a.watched...):
		return exitInterrupted
	}
}

// untilSignal returns a context that is done when the program is told to end. A second
// signal ends it at once. A Ctrl-C that somebody else takes does not count.
func (a *app) untilSignal() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, endSignals()...)
	go func() {
		for s := range signals {
			if takes := a.takesInterrupt.Load(); s == os.Interrupt && takes != nil {
				select {
				case *takes <- s:
				default: // one waits already
				}
				continue
			}
			signal.Stop(signals)
			cancel()
			return
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
	}
}

// run does what the command line says, and returns the exit code.
func (a *app) run(ctx context.Context) int {
	if early.PromptLikely(a.args) {
		a.host.Prestart()
	}
	err := a.execute(ctx)
	code := a.report(err)
	a.tellExposed()
	a.end(err)
	return code
}

// endSignals lists the signals that end the program in good order. A hangup is
// one of them unless it is ignored: whoever started qwen with nohup wants it so.
func endSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

func newApp(args, environ []string, builtin []sdk.Provider) *app {
	a := &app{
		args:    args,
		environ: environ,
		streams: term.Open(os.Stdin, os.Stdout, os.Stderr),
		secrets: redact.New(),
		format:  formatIn(args),
	}
	for _, out := range []*term.Output{&a.streams.Out, &a.streams.Err} {
		w := &watchedWriter{w: out.Writer}
		out.Writer = w
		a.watched = append(a.watched, w)
	}
	a.dir, _ = os.Getwd()
	a.home, _ = os.UserHomeDir()
	a.root = config.StateRoot(environ, a.home)
	for _, p := range builtin {
		if d, err := p.Describe(context.Background()); err == nil {
			d.Capabilities = sdk.CapabilitiesOf(p, d.Capabilities)
			a.builtin = append(a.builtin, d)
		}
	}
	a.errors = &stderrWriter{w: a.streams.Err}
	a.errors.color.Store(a.colorLikely())
	a.stderr = a.secrets.Writer(a.errors)
	a.log = hclog.New(&hclog.LoggerOptions{Name: "qwen", Level: hclog.Off, Output: a.stderr})
	a.host = pluginhost.New(pluginhost.Config{
		Self:    early.Self(),
		Early:   early.Take(),
		Builtin: a.builtin,
		Dirs:    a.pluginDirs(),
		Environ: environ,
		Logger:  a.log,
	})
	return a
}

// pluginDirs lists where third-party plugins are looked for.
func (a *app) pluginDirs() []pluginhost.Dir {
	var dirs []pluginhost.Dir
	if dir := a.getenv("QWEN_PLUGIN_DIR"); dir != "" {
		dirs = append(dirs, pluginhost.Dir{Path: dir, Origin: "QWEN_PLUGIN_DIR"})
	}
	if a.root != "" {
		dirs = append(dirs, pluginhost.Dir{Path: filepath.Join(a.root, "plugins"), Origin: "user"})
	}
	return dirs
}

// getenv returns a variable of the environment, "" if it is not set.
func (a *app) getenv(name string) string {
	for _, entry := range slices.Backward(a.environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// end lets go of the plugins: quickly after success, when they have nothing to
// do any more, else in a way that is sure to end them.
func (a *app) end(err error) {
	if err == nil {
		a.host.Release()
		return
	}
	a.host.Close()
}

// note writes one line for the person to standard error.
func (a *app) note(format string, args ...any) {
	text := term.CleanLine(fmt.Sprintf(format, args...))
	_, _ = fmt.Fprintln(a.stderr, "qwen: "+text)
}

// noteOnce is note for what may turn up several times in one run.
func (a *app) noteOnce(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if _, said := a.noted.LoadOrStore(text, true); !said {
		a.note("%s", text)
	}
}

// say writes a line for the person to standard error, without the program's name:
// the course of a dialogue.
func (a *app) say(format string, args ...any) {
	_, _ = fmt.Fprintln(a.stderr, term.CleanLine(fmt.Sprintf(format, args...)))
}
