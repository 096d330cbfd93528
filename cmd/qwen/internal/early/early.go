// Package early starts the process of a built-in provider before anything else
// happens, while the packages that the program is made of are still being
// initialised: that takes a millisecond or two, and the process, which has the same
// ahead of it, is what a prompt waits for longest.
//
// So it may import hardly anything: Go initialises a package when all that it
// imports is, and of those that are ready the first by its path.
package early

import (
	"os"
	"slices"

	"github.com/qwen-cli/qwen/sdk/client/spawn"
)

// Commands are the words that begin a command. A prompt that begins with one of
// them needs -p. The last two are what a shell asks for completions with.
var Commands = []string{
	"auth", "completion", "config", "exit-codes", "help", "models", "plugins", "sessions", "usage", "version",
	"__complete", "__completeNoDesc",
}

// started is the process. It is started here, on the thread that lives as long as
// the program does, which is what the process's death with it needs on Linux.
var started = start(os.Args, os.Environ())

// Take returns the process that was started, nil if none was.
func Take() *spawn.Process {
	p := started
	started = nil
	return p
}

// start starts the process if the command line asks for an answer. If that fails,
// whoever needs a process will try again and say why.
//
// Any other program that this package is linked into, such as a test, has another
// name.
func start(args, environ []string) *spawn.Process {
	if len(args) == 0 || !isQwen(args[0]) || !PromptLikely(args[1:]) || spawn.InPlugin(environ) {
		return nil
	}
	p, err := spawn.Start(spawn.Options{Path: Self(), Name: Name, Env: spawn.Environment(environ)})
	if err != nil {
		return nil
	}
	return p
}

// isQwen reports whether a path is that of a program called qwen. Package filepath
// is not there yet.
func isQwen(path string) bool {
	for _, name := range []string{"qwen", "qwen.exe"} {
		at := len(path) - len(name)
		if at >= 0 && path[at:] == name && (at == 0 || os.IsPathSeparator(path[at-1])) {
			return true
		}
	}
	return false
}

// Name is what lists of processes call the process, as package pluginhost has it.
const Name = "qwen-provider"

// Self returns what to execute for a built-in provider. On Linux that is the
// running program itself, also after its file was replaced by an upgrade.
func Self() string {
	const proc = "/proc/self/exe"
	if _, err := os.Lstat(proc); err == nil {
		return proc
	}
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// PromptLikely reports whether the command line asks for an answer, as far as a
// glance can tell. A wrong guess costs a process or a few milliseconds, nothing
// more.
func PromptLikely(args []string) bool {
	return !slices.ContainsFunc(args, func(arg string) bool {
		switch arg {
		case "-h", "--help", "-v", "--version":
			return true
		}
		return slices.Contains(Commands, arg)
	})
}
