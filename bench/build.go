//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// programs are the executables that were built, by name.
type programs map[string]string

// build builds everything with the flags of a release: qwen unless it is given,
// the service, the floors and the runner.
func build(ctx context.Context, o options, dir string) (programs, error) {
	built := programs{}
	make := func(name, module, pkg string) error {
		built[name] = filepath.Join(dir, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", built[name], pkg)
		cmd.Dir = module
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", pkg, err, out)
		}
		return nil
	}
	for _, p := range []struct{ name, module, pkg string }{
		{"qwen", o.root, "./cmd/qwen"},
		{"fakecloud", o.root, "./sdk/sdktest/fakecloud/cmd/fakecloud"},
		{"run", ".", "./run"},
		{"inprocess", ".", "./floor/inprocess"},
		{"host", ".", "./floor/host"},
		{"plugin", ".", "./floor/plugin"},
		{"hello", ".", "./floor/hello"},
		{"qwen-provider-p01", ".", "./floor/provider"},
	} {
		if p.name == "qwen" && o.qwen != "" {
			path, err := filepath.Abs(o.qwen)
			if err != nil {
				return nil, err
			}
			built[p.name] = path
			continue
		}
		if err := make(p.name, p.module, p.pkg); err != nil {
			return nil, err
		}
	}
	return built, nil
}
