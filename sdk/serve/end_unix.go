//go:build unix

package serve

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// endProcessGroup asks whatever the provider has started to end as well. The
// host makes a plugin the leader of a process group of its own.
func endProcessGroup() {
	if syscall.Getpgrp() != os.Getpid() {
		return
	}
	signal.Ignore(syscall.SIGTERM)
	_ = syscall.Kill(0, syscall.SIGTERM)
}

// removeSocketDir removes the directory that the host made for this plugin's
// socket, for a host that could not do it itself. It takes sockets only.
func removeSocketDir(dir string) {
	if dir == "" {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.Type()&os.ModeSocket != 0 || e.IsDir() {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	_ = os.Remove(dir)
}
