package repl

import (
	"context"
	"fmt"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/shell"
	"github.com/qwen-cli/qwen/sdk"
)

// run runs a shell command, shows what it prints, and offers to send that along.
func (c *Chat) run(ctx context.Context, line string) error {
	if line == "" {
		return sdk.Errorf(sdk.KindConfig, "there is no command after the !").WithHint("For example: !git diff --stat")
	}
	c.Front.Say(front.Entry{Kind: front.Prompt, Text: "!" + line})
	c.Front.State(front.State{Phase: front.Running, Text: "Running " + line, Since: time.Now()})
	result, err := shell.Run(ctx, shell.Command{Line: line, Dir: c.Dir, Environ: c.Environ})
	c.Front.State(front.State{})
	if result.Output != "" {
		c.Front.Say(front.Entry{Kind: front.Output, Text: result.Output})
	}
	if err != nil {
		return err
	}
	c.hint(ran(result))
	if result.Output == "" || ctx.Err() != nil {
		return ctx.Err()
	}
	yes, err := c.Front.Confirm(ctx, fmt.Sprintf("Send this output (%s) along with the next message?", session.Size(int64(len(result.Output)))), false)
	if err != nil || !yes {
		return err
	}
	c.attached = append(c.attached, attachment{name: "!" + line, content: outputOf(line, result)})
	c.note("The output goes along with the next message.")
	return nil
}

func ran(r shell.Result) string {
	text := fmt.Sprintf("exit code %d · %s", r.ExitCode, seconds(r.Duration))
	if r.Truncated > 0 {
		text += " · " + session.Size(r.Truncated) + " in the middle left out"
	}
	return text
}

// outputOf makes the output of a command something to send along.
func outputOf(line string, r shell.Result) files.Content {
	text := fmt.Sprintf("Output of the command %s (exit code %d):\n%s", line, r.ExitCode, files.Fence(r.Output))
	return files.Content{Kind: "output", Text: text, Size: int64(len(r.Output))}
}
