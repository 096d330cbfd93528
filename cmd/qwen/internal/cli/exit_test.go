package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/budget"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/sdk"
)

var update = flag.Bool("update", false, "write docs/exit-codes.md")

const exitCodesDoc = "../../../../docs/exit-codes.md"

// docs/exit-codes.md is made from the table; -update writes it.
func TestExitCodesDoc(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Exit codes\n\n`qwen help exit-codes` prints this table.\n\n| code | meaning | errors |\n|---|---|---|\n")
	for _, c := range exitCodes {
		var kinds []string
		for _, kind := range allKinds {
			if exitCodeOf(kind) == c.code {
				kinds = append(kinds, "`"+string(kind)+"`")
			}
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", c.code, c.meaning, strings.Join(kinds, " "))
	}
	b.WriteString("\nThe errors are those of the field `error.kind` in the output of `-o json` and `-o stream-json`.\n")
	if *update {
		if err := os.WriteFile(exitCodesDoc, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exitCodesDoc)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is out of date (%v); run: go test ./cmd/qwen/internal/cli -run ExitCodesDoc -update", exitCodesDoc, err)
	}
}

// allKinds lists the kinds of error that package sdk names, in its order.
var allKinds = []sdk.ErrorKind{
	sdk.KindUnauthenticated, sdk.KindPermission, sdk.KindQuota, sdk.KindRateLimit, sdk.KindOverloaded,
	sdk.KindInvalidRequest, sdk.KindContextLength, sdk.KindContentFilter, sdk.KindNotFound, sdk.KindUnsupported,
	sdk.KindService, sdk.KindNetwork, sdk.KindTimeout, sdk.KindProtocol, sdk.KindIncomplete, sdk.KindConfig,
	sdk.KindCannotAsk, sdk.KindCanceled, sdk.KindPlugin, sdk.KindInternal, budget.Kind,
}

func TestExitCode(t *testing.T) {
	tests := []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("something"), 1},
		{&usageError{message: "no"}, 2},
		{fmt.Errorf("wrapped: %w", &config.Error{Problem: "no"}), 3},
		{&config.Error{Source: config.Source{Kind: config.FromFlag}}, 2},
		{&config.OriginError{}, 3},
		{sdk.Errorf(sdk.KindUnauthenticated, "no"), 4},
		{fmt.Errorf("wrapped: %w", sdk.Errorf(sdk.KindPlugin, "no")), 5},
		{&incompleteError{sdk.FinishLength}, 9},
		{context.Canceled, 130},
		{sdk.Errorf(sdk.KindCanceled, "canceled: %w", context.Canceled), 130},
		{&reportedError{code: 7}, 7},
	}
	for _, tt := range tests {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("exitCode(%v) = %d, want %d", tt.err, got, tt.want)
		}
	}
}
