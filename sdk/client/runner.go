package client

import (
	"context"
	"io"
	"strconv"
)

// runner shows a process that runs already to go-plugin, which would otherwise
// start one itself, with the user's standard input. It implements go-plugin's
// runner.Runner.
type runner struct{ p *Process }

func (r runner) Start(context.Context) error     { return nil }
func (r runner) Diagnose(context.Context) string { return "" }
func (r runner) Stdout() io.ReadCloser           { return r.p.stdout }
func (r runner) Stderr() io.ReadCloser           { return r.p.stderr }
func (r runner) Name() string                    { return r.p.options.Name }
func (r runner) ID() string                      { return strconv.Itoa(r.p.Pid()) }
func (r runner) Wait(context.Context) error      { <-r.p.exited; return nil }

// Kill does nothing: [Process.Connect] ends a process that failed, after it has
// looked at how it failed.
func (r runner) Kill(context.Context) error { return nil }

func (r runner) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

func (r runner) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
