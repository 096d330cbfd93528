package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

// execute parses the command line and runs what it asks for.
func (a *app) execute(ctx context.Context) error {
	root := a.rootCommand()
	root.SetArgs(a.args)
	root.SetIn(a.streams.In)
	out := &checkedWriter{w: a.streams.Out}
	root.SetOut(out)
	root.SetErr(a.stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		return err
	}
	return out.err
}

// checkedWriter keeps the first error of writing: cobra looks at none when it
// prints help.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.err = cmp.Or(c.err, err)
	return n, err
}

func (a *app) rootCommand() *cobra.Command {
	opts := &promptOptions{app: a}
	root := &cobra.Command{
		Use:   "qwen [PROMPT...]",
		Short: "Talk to language models from a terminal or a script",
		Long: `qwen sends a prompt to a language model and prints the answer.

The prompt is given as arguments, after -p, or piped in; piped text goes before
the prompt. OPENAI_API_KEY in the environment is enough to begin with. Without a
prompt, on a terminal, qwen is a chat.`,
		Example: `  qwen
  qwen "What does EADDRINUSE mean?"
  qwen -c
  git diff | qwen -p "Write a commit message for this"
  qwen --provider coding-plan -m qwen3-coder-plus "Explain context.Context"
  qwen -o json "Hello" | jq -r '.[-1].result'`,
		Args:              cobra.ArbitraryArgs,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.prepare(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.prompt.words = args
			return opts.run(cmd)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{message: err.Error(), hint: hintFor(cmd)}
	})
	root.SetVersionTemplate("qwen {{.Version}}\n")
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), // topics are no commands
		"{{rpad .CommandPath .CommandPathPadding}}", "{{$.CommandPath}} help {{rpad .Name .NamePadding}}"))
	opts.addFlags(root)
	addConfigFlags(root.Flags(), root.PersistentFlags())
	a.completeFlags(root)
	a.completeResume(root)
	a.addProfileFlag(root)
	root.AddCommand(
		a.authCommand(),
		a.modelsCommand(),
		a.pluginsCommand(),
		a.sessionsCommand(),
		a.usageCommand(),
		a.configCommand(),
		a.versionCommand(),
		exitCodesTopic(),
	)
	addDefaultCommands(root)
	wrapArgs(root)
	return root
}

// addDefaultCommands adds cobra's own commands, which take any words as they are.
func addDefaultCommands(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = knownTopic
		case "completion":
			cmd.Args = cobra.NoArgs
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// knownTopic refuses help on what there is none on. Cobra itself takes the words
// for a prompt and shows the help on that.
func knownTopic(cmd *cobra.Command, args []string) error {
	topic, rest, err := cmd.Root().Find(args)
	if err == nil && (topic.HasParent() || len(rest) == 0) {
		return nil
	}
	return fmt.Errorf("there is no help on %q", strings.Join(args, " "))
}

func hintFor(cmd *cobra.Command) string {
	return "Run \"" + cmd.CommandPath() + " --help\" to see what it takes."
}

// wrapArgs makes the errors of all commands' arguments usage errors.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err == nil {
				return nil
			}
			return &usageError{
				message: err.Error(),
				hint:    hintFor(cmd) + " To send these words as a prompt: qwen -p \"...\"",
			}
		}
	}
	for _, child := range cmd.Commands() {
		wrapArgs(child)
	}
}

// shorthands are the one-letter forms of flags in the configuration's table.
var shorthands = map[string]string{"model": "m", "output-format": "o"}

// addConfigFlags adds a flag for every key of the configuration that has one: to
// all commands, or only to the prompt. Values are not checked here: config does
// that, for all sources alike.
func addConfigFlags(prompt, all *pflag.FlagSet) {
	for _, key := range config.Keys() {
		switch {
		case key.Flag == "":
		case key.Prompt:
			addConfigFlag(prompt, key)
		default:
			addConfigFlag(all, key)
		}
	}
	all.Var(&listFlag{}, setFlag, "a setting of a provider, `PROVIDER.SETTING=VALUE`; repeatable")
}

func addConfigFlag(flags *pflag.FlagSet, key config.Key) {
	name, help := strings.TrimPrefix(key.Flag, "--"), key.Help
	if len(key.Enum) > 0 {
		help += ": " + strings.Join(key.Enum, ", ")
	}
	switch {
	case key.Name == "color":
		flags.Bool(name, false, "no colours on the terminal")
	case key.Type == config.TypeBool:
		flags.Bool(name, false, help)
	case key.Type == config.TypeList:
		flags.VarPF(&listFlag{}, name, shorthands[name], help)
	default:
		flags.VarPF(&textFlag{kind: string(key.Type)}, name, shorthands[name], help)
	}
}

// setFlag is the flag for settings that providers declare.
const setFlag = "set"

// settingFlags returns the settings given with --set.
func settingFlags(flags *pflag.FlagSet) ([]config.FlagValue, error) {
	list, ok := flags.Lookup(setFlag).Value.(*listFlag)
	if !ok {
		return nil, nil
	}
	var set []config.FlagValue
	for _, text := range list.values {
		name, value, ok := strings.Cut(text, "=")
		if !ok || !strings.Contains(name, ".") {
			return nil, &usageError{
				message: "--set takes PROVIDER.SETTING=VALUE",
				hint:    "For example: --set openai.dialect=azure",
			}
		}
		set = append(set, config.FlagValue{Key: "providers." + name, Text: value, Flag: "--" + setFlag + " " + name})
	}
	return set, nil
}

// configFlags returns the flags of the configuration that were set.
func configFlags(flags *pflag.FlagSet) []config.FlagValue {
	var set []config.FlagValue
	for _, key := range config.Keys() {
		flag := flags.Lookup(strings.TrimPrefix(key.Flag, "--"))
		if key.Flag == "" || flag == nil || !flag.Changed {
			continue
		}
		v := config.FlagValue{Key: key.Name, Text: flag.Value.String(), Flag: key.Flag}
		if list, ok := flag.Value.(*listFlag); ok {
			v.List = list.values
		}
		if key.Name == "color" {
			if v.Text == "false" {
				continue // --no-color=false
			}
			v.Text = "never"
		}
		set = append(set, v)
	}
	return set
}

// checkSettings reports a setting that the provider does not have: a flag that
// does nothing is a mistake.
func (a *app) checkSettings(cfg *config.Config, settings []config.FlagValue) error {
	provider := cfg.Provider.Text
	for _, s := range settings {
		name, ok := strings.CutPrefix(s.Key, "providers."+provider+".")
		if !ok || provider == "" {
			return &usageError{message: s.Flag + ": that is not a setting of the provider in use, " + cmp.Or(provider, "which is none")}
		}
		if _, ok := cfg.Settings[name]; !ok {
			return &usageError{
				message: s.Flag + ": " + provider + " has no such setting",
				hint:    "It has: " + strings.Join(a.settingNames(provider), ", ") + ".",
			}
		}
	}
	return nil
}

// settingNames lists the settings of a provider that is built in.
func (a *app) settingNames(provider string) []string {
	names := []string{}
	for _, d := range a.builtin {
		for _, s := range d.Settings {
			if d.Name == provider {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

// textFlag is a flag whose value is taken as it is typed.
type textFlag struct {
	kind  string
	value string
}

func (f *textFlag) String() string     { return f.value }
func (f *textFlag) Set(s string) error { f.value = s; return nil }
func (f *textFlag) Type() string       { return f.kind }

// listFlag is a flag that can be given several times.
type listFlag struct{ values []string }

func (f *listFlag) String() string { return strings.Join(f.values, ", ") }
func (f *listFlag) Type() string   { return "text" }

func (f *listFlag) Set(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	f.values = append(f.values, s)
	return nil
}

// errNoPrompt says that there is nothing to send.
var errNoPrompt = errors.New("there is no prompt")
