package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/trust"
	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) configTrustCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "trust [DIR]",
		Short: "Let the project files in a folder choose where keys go",
		Long: `Let the project files in a folder, and in every folder in it, choose the
service that your keys are sent to: .env, .qwen/.env and .qwen/settings.json.
Without DIR it is the current directory.

Without trust, a project's file gets only keys that it brings itself.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := a.folder(args)
			if err != nil {
				return err
			}
			if !a.rememberable(dir) {
				return &usageError{message: dir + " holds your home directory, and cannot be trusted as a whole", hint: "Name the folder of the project."}
			}
			if err := trust.Set(a.trustFile(), dir, trust.TrustFolder); err != nil {
				return trustError(err)
			}
			return a.tellVerdict(dir)
		},
	}
}

func (a *app) configUntrustCommand() *cobra.Command {
	var never bool
	cmd := &cobra.Command{
		Use:   "untrust [DIR]",
		Short: "Take trust back from a folder",
		Long: `Take trust back from a folder: its project files are asked about again, each
time. With --never they do not count at all, not even for what a project may
otherwise set. Without DIR it is the current directory.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := a.folder(args)
			if err != nil {
				return err
			}
			if never {
				err = trust.Set(a.trustFile(), dir, trust.DoNotTrust)
			} else {
				_, err = trust.Remove(a.trustFile(), dir)
			}
			if err != nil {
				return trustError(err)
			}
			return a.tellVerdict(dir)
		},
	}
	cmd.Flags().BoolVar(&never, "never", false, "do not read the folder's project files at all")
	return cmd
}

// errNoStateRoot says that there is nowhere to keep anything.
func errNoStateRoot() error {
	return sdk.Errorf(sdk.KindConfig, "there is no home directory to keep this in").WithHint("Set QWEN_HOME to an absolute path.")
}

// folder returns the folder that a command is about.
func (a *app) folder(args []string) (string, error) {
	dir := a.dir
	if len(args) == 1 {
		dir = args[0]
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.dir, dir)
	}
	if a.trustFile() == "" {
		return "", errNoStateRoot()
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", &usageError{message: fmt.Sprintf("there is no folder %s", dir)}
	}
	return filepath.Clean(dir), nil
}

// tellVerdict says what holds for a folder now, which rules for the folders
// above it decide as well.
func (a *app) tellVerdict(dir string) error {
	list, err := trust.Read(a.trustFile())
	if err != nil {
		return trustError(err)
	}
	text := "is asked about"
	switch list.Verdict(dir) {
	case trust.Trusted:
		text = "is trusted"
	case trust.Distrusted:
		text = "is not trusted: its project files do not count"
	}
	a.say("%s %s. The rules are in %s.", dir, text, a.trustFile())
	return nil
}
