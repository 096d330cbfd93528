package cli

import (
	"errors"
	"io"
	"strings"

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
	if a.format == string(render.FormatText) || a.reportJSON(err, code) != nil {
		_, _ = io.WriteString(a.stderr, render.ErrorText(err, a.clean))
	}
	return code
}

// reportJSON shows an error as part of the output. That fails where the output
// itself is what failed.
func (a *app) reportJSON(err error, code int) error {
	renderer, formatErr := a.renderer(false)
	if formatErr != nil {
		return formatErr
	}
	return renderer.Finish(render.Outcome{Err: err, ExitCode: code})
}

// formatIn returns the output format that a command line names, as far as a
// glance can tell: what is wrong with its flags is reported in that form, too.
func formatIn(args []string) string {
	format := string(render.FormatText)
	for i, arg := range args {
		value, long := strings.CutPrefix(arg, "--output-format=")
		short, ok := strings.CutPrefix(arg, "-o")
		switch {
		case arg == "--":
			return format
		case (arg == "-o" || arg == "--output-format") && i+1 < len(args):
			value = args[i+1]
		case ok:
			value = strings.TrimPrefix(short, "=")
		case !long:
			continue
		}
		switch f := render.Format(value); f {
		case render.FormatText, render.FormatJSON, render.FormatStreamJSON:
			format = value
		}
	}
	return format
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
