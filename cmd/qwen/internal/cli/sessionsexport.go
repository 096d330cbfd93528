package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// Formats of an exported session.
const (
	exportMarkdown = "markdown"
	exportJSONText = "json"
)

func (a *app) sessionsExportCommand() *cobra.Command {
	var format, output string
	var force bool
	formats := []string{exportMarkdown, exportJSONText}
	cmd := &cobra.Command{
		Use:   "export ID",
		Short: "Write a conversation as Markdown or JSON",
		Long: `Write a conversation as Markdown, for people, or as JSON, with everything that
is known of it: to standard output, or to a file that only you can read. Without
--format a file called *.json becomes JSON.`,
		Example: `  qwen sessions export k7f3q -o talk.md
  qwen sessions export k7f3q --format json | jq '.items[].message'`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeSessions(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("--format", format, formats); err != nil {
				return err
			}
			if !cmd.Flags().Changed("format") && strings.EqualFold(filepath.Ext(output), ".json") {
				format = exportJSONText
			}
			c, err := a.readSession(args[0])
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("output") {
				return writeSession(a.cleanOutput(), c, format)
			}
			return a.exportToFile(c, format, output, force)
		},
	}
	cmd.Flags().StringVar(&format, "format", exportMarkdown, "`FORMAT`: "+strings.Join(formats, ", "))
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE`")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	completeWith(cmd, "format", formats)
	return cmd
}

// writeSession writes a conversation in a format.
func writeSession(w io.Writer, c *session.Conversation, format string) error {
	if format == exportJSONText {
		return session.JSON(w, c)
	}
	return session.Markdown(w, c)
}

// exportToFile writes a conversation to a file, which is not there yet or may be
// overwritten.
func (a *app) exportToFile(c *session.Conversation, format, path string, force bool) error {
	var content bytes.Buffer
	if err := writeSession(&content, c, format); err != nil {
		return err
	}
	err := writePrivate(path, content.Bytes(), force)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &usageError{message: fmt.Sprintf("%s exists", path), hint: "Take another name, or overwrite it: --force."}
	case err != nil:
		return sdk.Errorf(sdk.KindInternal, "cannot export the conversation: %w", err)
	}
	a.say("Wrote %s to %s (%s).", c.ID, path, session.Size(int64(content.Len())))
	return nil
}

// writePrivate writes a file that only its owner can read, if it is made by this.
func writePrivate(path string, content []byte, overwrite bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if overwrite {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}
