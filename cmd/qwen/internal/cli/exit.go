package cli

import (
	"context"
	"errors"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/budget"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/sdk"
)

// The exit codes. This table is the only one: "qwen help exit-codes" prints it,
// docs/exit-codes.md is made from it, and exitCode is the only way to it.
const (
	exitOK          = 0
	exitOther       = 1
	exitUsage       = 2
	exitConfig      = 3
	exitAuth        = 4
	exitPlugin      = 5
	exitService     = 6
	exitLimit       = 7
	exitNetwork     = 8
	exitIncomplete  = 9
	exitInterrupted = 130
)

// exitCodes says what each code means.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitOK, "the answer is complete"},
	{exitOther, "anything that no other code names"},
	{exitUsage, "the command line was wrong"},
	{exitConfig, "the configuration was wrong, or a setting is missing"},
	{exitAuth, "not signed in, or the service refused the credential"},
	{exitPlugin, "a provider plugin could not be started, or failed"},
	{exitService, "the service reported an error, or its answer made no sense"},
	{exitLimit, "a rate limit, a quota or a budget of your own was reached"},
	{exitNetwork, "the service could not be reached, or did not answer in time"},
	{exitIncomplete, "the answer is incomplete: it was cut off, or reached the token limit"},
	{exitInterrupted, "interrupted (Ctrl-C)"},
}

// exitCode returns the code for an error, by its type and kind.
func exitCode(err error) int {
	var usage *usageError
	var reported *reportedError
	var incomplete *incompleteError
	var setting *config.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &reported):
		return reported.code
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &incomplete):
		return exitIncomplete
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &setting) && setting.Source.Kind == config.FromFlag:
		return exitUsage
	case config.IsError(err):
		return exitConfig
	}
	if e := sdk.AsError(err); e.Kind == sdk.KindInternal && e.Provider != "" {
		return exitPlugin // a provider that knows no better
	}
	return exitCodeOf(sdk.KindOf(err))
}

// exitCodeOf returns the code for a kind of error.
func exitCodeOf(kind sdk.ErrorKind) int {
	switch kind {
	case sdk.KindUnauthenticated, sdk.KindPermission, sdk.KindCannotAsk:
		return exitAuth
	case sdk.KindQuota, sdk.KindRateLimit, budget.Kind:
		return exitLimit
	case sdk.KindOverloaded, sdk.KindInvalidRequest, sdk.KindContextLength, sdk.KindContentFilter,
		sdk.KindNotFound, sdk.KindUnsupported, sdk.KindService, sdk.KindProtocol:
		return exitService
	case sdk.KindNetwork, sdk.KindTimeout:
		return exitNetwork
	case sdk.KindIncomplete:
		return exitIncomplete
	case sdk.KindConfig:
		return exitConfig
	case sdk.KindPlugin:
		return exitPlugin
	case sdk.KindCanceled:
		return exitInterrupted
	}
	return exitOther
}

// A usageError is a mistake on the command line.
type usageError struct {
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message }

// A reportedError has been shown already, as part of the output; what is left is
// its exit code.
type reportedError struct{ code int }

func (e *reportedError) Error() string { return "the error was reported" }
