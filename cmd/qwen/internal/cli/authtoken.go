package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) authTokenCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "token [PROVIDER]",
		Short: "Print a valid token or key, for other programs",
		Long: `Print the token or key that a prompt would use, and nothing else. A token that
has expired is renewed first. PROVIDER may also be the name of a login.`,
		Example: `  curl -H "Authorization: Bearer $(qwen auth token qwen-oauth)" ...`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.narrow(cmd, args); err != nil {
				return err
			}
			c, err := a.identify(cmd)
			if err != nil {
				return err
			}
			credential, err := c.credential(cmd.Context())
			if err != nil {
				return err
			}
			switch {
			case credential == nil:
				return errNoCredential(c)
			case credential.Secret == "":
				return sdk.Errorf(sdk.KindUnauthenticated, "this login has no key: %s asks for none", hostOf(credential.Endpoint))
			}
			a.tellShadowed(cmd.Context(), c)
			_, err = fmt.Fprintln(a.streams.Out, credential.Secret.Reveal())
			return err
		},
	}
}

// narrow takes an argument for the name of a provider, else for that of a login.
func (a *app) narrow(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	flag := profileFlag
	if slices.Contains(a.host.Names(), args[0]) {
		flag = "provider"
	}
	if f := cmd.Flags().Lookup(flag); f.Changed && f.Value.String() != args[0] {
		return &usageError{message: fmt.Sprintf("%q and --%s %s are two different things", args[0], flag, f.Value), hint: hintFor(cmd)}
	}
	if err := cmd.Flags().Set(flag, args[0]); err != nil {
		return sdk.Errorf(sdk.KindInternal, "%v", err)
	}
	return nil
}
