// Package spawn starts plugin processes and does nothing else with them. It is
// apart from package client, and depends on hardly anything, so that a program can
// start its plugin before the packages that it is made of are initialised; see
// client.Adopt.
package spawn

import (
	"os"
	"slices"
	"strconv"

	"github.com/qwen-cli/qwen/sdk/internal/handshake"
)

// Options says what to start.
type Options struct {
	// Path is the executable, Args its arguments without the name, and Name what
	// lists of processes call it; Path if it is empty.
	Path string
	Args []string
	Name string

	// Env is the whole environment of the process, but for the few variables of
	// the handshake; see [Environment].
	Env []string
}

// A Process is a plugin process that has been started.
type Process struct {
	Pid int

	// Dir is the private directory of the process's socket. Whoever has the
	// process removes it.
	Dir string

	// Our ends of the process's standard streams.
	Stdin, Stdout, Stderr *os.File

	//lint:ignore U1000 on Windows there is something in it
	system // what the operating system adds
}

// Start starts a process. On Linux the process dies with the thread that called
// Start, whatever becomes of the other threads (prctl(2), PR_SET_PDEATHSIG): that
// has to be one that lasts.
func Start(o Options) (*Process, error) {
	dir, err := socketDir()
	if err != nil {
		return nil, &DirError{err}
	}
	p := &Process{Dir: dir}
	if err := p.start(o); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return p, nil
}

// A DirError says that there is no place for the process's socket.
type DirError struct{ Err error }

func (e *DirError) Error() string { return e.Err.Error() }
func (e *DirError) Unwrap() error { return e.Err }

// start makes the pipes and starts the process.
func (p *Process) start(o Options) error {
	var files []*os.File // read end, write end of stdin, stdout, stderr
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(files)
			return err
		}
		files = append(files, r, w)
	}
	p.Stdin, p.Stdout, p.Stderr = files[1], files[2], files[4]

	argv := append([]string{o.Name}, o.Args...)
	if o.Name == "" {
		argv[0] = o.Path
	}
	keepDescriptors()
	err := p.exec(o.Path, argv, append(slices.Clone(o.Env), handshakeEnv(p.Dir)...), files[0], files[3], files[5])
	closeAll([]*os.File{files[0], files[3], files[5]})
	if err != nil {
		closeAll([]*os.File{p.Stdin, p.Stdout, p.Stderr})
	}
	return err
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// handshakeEnv returns the variables that a plugin needs to find its host.
func handshakeEnv(dir string) []string {
	return []string{
		handshake.CookieKey + "=" + handshake.CookieValue,
		"PLUGIN_PROTOCOL_VERSIONS=" + strconv.Itoa(handshake.Version),
		"PLUGIN_MIN_PORT=10000",
		"PLUGIN_MAX_PORT=25000",
		handshake.EnvSocketDir + "=" + dir,
	}
}

// InPlugin reports whether an environment is that of a plugin process.
func InPlugin(environ []string) bool {
	return slices.Contains(environ, handshake.CookieKey+"="+handshake.CookieValue)
}
