package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/client/spawn"
	"github.com/qwen-cli/qwen/sdk/internal/launch"
)

var (
	errStartTimeout = errors.New("the plugin did not become ready in time")
	errRefused      = errors.New("the plugin refused the connection")
)

// startError says why an executable could not be started.
func startError(path string, err error) *sdk.Error {
	if noDir := (*spawn.DirError)(nil); errors.As(err, &noDir) {
		return sdk.Errorf(sdk.KindPlugin, "no directory for the plugin's socket: %w", err).
			WithHint("Set TMPDIR to a directory that you can write to.")
	}
	e := &sdk.Error{Kind: sdk.KindPlugin, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Message = path + ": no such file"
		e.Hint = "Install the plugin again, or remove it."
	case errors.Is(err, fs.ErrPermission):
		e.Message = path + ": not executable"
		e.Hint = fmt.Sprintf("Make it executable: chmod u+x %q", path)
	case errors.Is(err, syscall.ENOEXEC):
		e.Message = path + ": not a program for this machine"
		e.Hint = "Install the plugin's build for this operating system and processor."
	default:
		e.Message = fmt.Sprintf("%s: could not be started: %v", path, cause(err))
	}
	return e
}

// cause returns the innermost error, which is what the system said.
func cause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// connectError says what the process did instead of answering, and makes sure
// that it is dead.
func (p *Process) connectError(ctx context.Context, err error) error {
	canceled := errors.Is(ctx.Err(), context.Canceled)
	running := canceled || p.settled(err)
	p.Kill()
	<-p.exited
	p.Release()
	if canceled {
		return context.Canceled
	}
	p.waitStderr()
	e := &sdk.Error{Kind: sdk.KindPlugin, Err: err}
	noise, version := p.stdout.seen()
	switch {
	case version != "" && version != strconv.Itoa(launch.ProtocolVersion):
		e.Message = fmt.Sprintf("it speaks version %s of the plugin protocol, this qwen speaks version %d", version, launch.ProtocolVersion)
		e.Hint = "Update the plugin, or qwen, whichever is older."
	case noise != "" && version == "":
		e.Message = fmt.Sprintf("it is not a qwen provider plugin, or prints to standard output as it starts: %q", clip(noise))
		e.Hint = "A plugin's standard output belongs to the handshake; messages go to standard error."
	case errors.Is(err, errStartTimeout) && version == "":
		e.Message = fmt.Sprintf("it did not start within %s", p.options.StartTimeout.Round(time.Millisecond))
		e.Hint = "Run it by hand to see what it waits for; --log-level debug shows what it logs."
	case errors.Is(err, errStartTimeout):
		e.Message = fmt.Sprintf("it started but took no connection within %s", p.options.StartTimeout.Round(time.Millisecond))
	case version != "":
		e.Message = "it started but refused the connection (mutual TLS)"
		e.Hint = "The plugin has to use the certificates that qwen writes to its standard input."
	case running:
		e.Message = "it closed its standard output without a handshake"
		e.Hint = "Is this a qwen provider plugin?"
	default:
		e.Message = fmt.Sprintf("it ended before it was ready (%s)", p.ExitReason())
		e.Hint = "Is this a qwen provider plugin? --log-level debug shows what it logs."
	}
	if last := p.LastWords(); last != "" {
		e.Message += "; it said: " + last
	}
	return e
}

// settled waits a moment for a process that failed to end by itself, so that its
// own exit status is reported and not that of being killed. It reports whether
// the process still runs.
func (p *Process) settled(err error) bool {
	if errors.Is(err, errStartTimeout) {
		return true
	}
	select {
	case <-p.exited:
		return false
	case <-time.After(settle):
		return true
	}
}

// waitStderr waits until the last words have been read.
func (p *Process) waitStderr() {
	select {
	case <-p.stderr.eof:
	case <-time.After(settle):
	}
}

// maxClip bounds a quotation of a plugin's output in an error, in bytes.
const maxClip = 200

func clip(s string) string {
	if len(s) <= maxClip {
		return s
	}
	return strings.ToValidUTF8(s[:maxClip], "") + "…"
}
