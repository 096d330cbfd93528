package client_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A file that the host has inherited does not reach the plugin.
func TestDescriptors(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	fd, err := syscall.Open(secret, syscall.O_CREAT|syscall.O_RDWR, 0o600) // without O_CLOEXEC, as inherited ones are
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(fd) }()
	p := spawn(t, "good")
	connect(t, p, "")
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.Pid()))
	if err != nil || len(links) == 0 {
		t.Fatalf("%v, %v", links, err)
	}
	for _, link := range links {
		if target, _ := os.Readlink(link); target == secret {
			t.Errorf("the plugin has %s open", target)
		}
	}
}
