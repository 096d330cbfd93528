package client

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/launch"
)

// Default time limits.
const (
	DefaultStartTimeout = 10 * time.Second
	DefaultStopTimeout  = 300 * time.Millisecond
)

// Options says what to start.
type Options struct {
	// Path is the executable, Args its arguments without the name. Name is what
	// lists of processes and logs call it; Path if it is empty.
	Path string
	Args []string
	Name string

	// Env is the whole environment of the process, but for the few variables of
	// the handshake; see [Environment].
	Env []string

	// Private holds variables that may contain secrets, such as a proxy URL with
	// a password. They reach the plugin through its standard input.
	Private map[string]string

	// Logger receives what the plugin logs and what go-plugin says about it, under
	// the name of the provider given to Connect; nil for nowhere.
	Logger hclog.Logger

	// StartTimeout bounds the time from the call of Connect until the plugin can
	// be called; StopTimeout the time that Close waits before it kills.
	StartTimeout time.Duration
	StopTimeout  time.Duration
}

func (o Options) withDefaults() Options {
	if o.Name == "" {
		o.Name = o.Path
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	if o.StartTimeout == 0 {
		o.StartTimeout = DefaultStartTimeout
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = DefaultStopTimeout
	}
	return o
}

// A Process is a plugin process. Its methods may be called concurrently.
type Process struct {
	options Options
	cmd     *exec.Cmd
	dir     string // private directory of the socket
	stdin   *os.File
	stdout  *handshakeReader
	stderr  *stderrReader
	conn    connection

	exited chan struct{} // closed when the process has ended
	state  *os.ProcessState
	once   sync.Once
}

// Spawn starts the process and returns at once. The error, of kind
// [sdk.KindPlugin], says why the executable could not be started at all.
func Spawn(o Options) (*Process, error) {
	o = o.withDefaults()
	dir, err := socketDir()
	if err != nil {
		return nil, sdk.Errorf(sdk.KindPlugin, "no directory for the plugin's socket: %w", err).
			WithHint("Set TMPDIR to a directory that you can write to.")
	}
	p := &Process{options: o, dir: dir, exited: make(chan struct{})}
	if err := p.start(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, startError(o.Path, err)
	}
	return p, nil
}

// start makes the pipes and starts the process.
func (p *Process) start() error {
	var files []*os.File // read end, write end of stdin, stdout, stderr
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(files)
			return err
		}
		files = append(files, r, w)
	}
	p.stdin = files[1]
	p.stdout = newHandshakeReader(files[2])
	p.stderr = newStderrReader(files[4])

	p.cmd = exec.Command(p.options.Path, p.options.Args...)
	p.cmd.Args[0] = p.options.Name
	p.cmd.Env = append(append([]string(nil), p.options.Env...), handshakeEnv(p.dir)...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = files[0], files[3], files[5]
	p.cmd.SysProcAttr = processAttributes()

	keepDescriptors()
	err := p.startAndReap()
	closeAll([]*os.File{files[0], files[3], files[5]})
	if err != nil {
		closeAll([]*os.File{files[1], files[2], files[4]})
	}
	return err
}

// startAndReap starts the process from a thread that lives as long as the
// process does: on Linux the parent-death signal is sent when the thread that
// forked ends, not when its process does (prctl(2), PR_SET_PDEATHSIG).
func (p *Process) startAndReap() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		if err == nil {
			err = adopt(p.cmd.Process)
		}
		started <- err
		if err != nil {
			return
		}
		_ = p.cmd.Wait()
		p.state = p.cmd.ProcessState
		close(p.exited)
	}()
	return <-started
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// handshakeEnv returns the variables that a plugin needs to find its host.
func handshakeEnv(dir string) []string {
	return []string{
		launch.Handshake.MagicCookieKey + "=" + launch.Handshake.MagicCookieValue,
		fmt.Sprintf("PLUGIN_PROTOCOL_VERSIONS=%d", launch.ProtocolVersion),
		"PLUGIN_MIN_PORT=10000",
		"PLUGIN_MAX_PORT=25000",
		launch.EnvSocketDir + "=" + dir,
	}
}

// SetPrivate replaces [Options.Private]. It is called before Connect: a process can be
// started before it is known what is to be said to it.
func (p *Process) SetPrivate(vars map[string]string) { p.options.Private = vars }

// Pid returns the process ID.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Exited returns a channel that is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// ExitReason says how the process ended, such as "exit status 2" or "signal:
// killed"; "" while it runs.
func (p *Process) ExitReason() string {
	select {
	case <-p.exited:
		return p.state.String()
	default:
		return ""
	}
}

// Stderr returns the last lines that the process wrote to standard error.
func (p *Process) Stderr() []string { return p.stderr.lines() }

// Close ends the process: gently at first, by closing its lifeline, then by
// killing its process group. It returns when the process is gone, after
// [Options.StopTimeout] and a moment at the latest.
func (p *Process) Close() {
	p.Release()
	timer := time.NewTimer(p.options.StopTimeout)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		_ = killGroup(p.cmd.Process)
		<-p.exited
	}
	// What the plugin has started may outlive it; it shares the group.
	_ = killGroup(p.cmd.Process)
	_ = os.RemoveAll(p.dir)
}

// Release tells the process to end and does not wait for it: for a host that
// has what it wanted and is about to exit.
func (p *Process) Release() {
	p.once.Do(func() {
		p.conn.close()
		_ = p.stdin.Close()
		_ = os.RemoveAll(p.dir)
	})
}

// Kill ends the process and all that it has started, at once.
func (p *Process) Kill() { _ = killGroup(p.cmd.Process) }
