package cli

import (
	"errors"
	"io"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/sdk"
)

// report shows how the run ended, if that has not been done, and returns the
// exit code.
func (a *app) report(err error) int {
	code := exitCode(err)
	var reported *reportedError
	if err == nil || errors.As(err, &reported) || a.knows(err) {
		return code
	}
	err = presentable(err)
	if a.format == string(render.FormatText) {
		_, _ = io.WriteString(a.stderr, render.ErrorText(err, a.clean))
		return code
	}
	renderer, formatErr := a.renderer(false)
	if formatErr != nil {
		_, _ = io.WriteString(a.stderr, render.ErrorText(err, a.clean))
		return code
	}
	_ = renderer.Finish(render.Outcome{Err: err, ExitCode: code})
	return code
}

// presentable returns err as an [sdk.Error], with its hint if it has one.
func presentable(err error) error {
	var usage *usageError
	if errors.As(err, &usage) {
		return &sdk.Error{Kind: kindUsage, Message: usage.message, Hint: usage.hint, Err: err}
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return &sdk.Error{Kind: sdk.KindConfig, Message: err.Error(), Hint: hinted.Hint(), Err: err}
	}
	return err
}

// kindUsage is the kind of a usage error in JSON output.
const kindUsage sdk.ErrorKind = "usage"
