package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/trust"
	"github.com/qwen-cli/qwen/sdk"
)

// A trusting is what one run of the program knows about folders.
type trusting struct {
	mayAsk bool // this command sends something, so that a question is in place

	// asker asks in place of the terminal's prompter, while something else is on the
	// screen; nil: nothing is.
	asker consentAsker

	mu   sync.Mutex
	list *trust.List // what the user decided earlier; nil until it is asked for

	// answers holds what was answered in this run, by question: the configuration
	// can be resolved twice.
	answers map[config.OriginError]error
}

// listed returns what the user decided earlier.
func (t *trusting) listed(read func() *trust.List) *trust.List {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list == nil {
		t.list = read()
	}
	return t.list
}

// known returns what was answered to a question.
func (t *trusting) known(e config.OriginError) (answer error, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	answer, ok = t.answers[e]
	return answer, ok
}

func (t *trusting) keep(e config.OriginError, answer error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers == nil {
		t.answers = make(map[config.OriginError]error)
	}
	t.answers[e] = answer
}

// quiet marks a context in which nobody is asked anything: what is being resolved is
// for display.
type quiet struct{}

func quietly(ctx context.Context) context.Context { return context.WithValue(ctx, quiet{}, true) }

// A consentAsker tells what a project's file wants, and asks what to do.
type consentAsker interface {
	Tell(text string) error
	Pick(ctx context.Context, label string, options []term.Option, current int) (int, error)
}

// trustFile is the file with the decisions on folders. It lies where no project
// can put it: in the state root, which only the user can move. It is "" if there
// is no state root.
func (a *app) trustFile() string {
	if a.root == "" {
		return ""
	}
	return filepath.Join(a.root, trust.FileName)
}

// folderTrust returns what the user has decided about a folder.
func (a *app) folderTrust(folder string) config.Trust {
	switch a.trusting.listed(a.readTrust).Verdict(folder) {
	case trust.Trusted:
		return config.TrustGranted
	case trust.Distrusted:
		return config.TrustDenied
	}
	return config.TrustUndecided
}

// readTrust reads the decisions. What keeps them from being known is told, and
// then there are none.
func (a *app) readTrust() *trust.List {
	path := a.trustFile()
	if path == "" {
		return new(trust.List)
	}
	list, err := trust.Read(path)
	if err != nil {
		a.noteOnce("%v; no folder is trusted", err)
		return new(trust.List)
	}
	return list
}

// consent decides about a key that a project's file wants: somebody who sits at a
// terminal is asked, once.
func (a *app) consent(ctx context.Context, e *config.OriginError) error {
	if answer, ok := a.trusting.known(*e); ok {
		return answer
	}
	if !a.trusting.mayAsk || !a.interactive() || ctx.Value(quiet{}) != nil {
		return e
	}
	answer, asked := a.askedConsent(ctx, e)
	if !asked {
		return e
	}
	if ctx.Err() != nil {
		return answer
	}
	a.trusting.keep(*e, answer)
	return answer
}

// askedConsent asks, if there is somebody to ask.
func (a *app) askedConsent(ctx context.Context, e *config.OriginError) (answer error, asked bool) {
	if a.trusting.asker != nil {
		return a.askConsent(ctx, a.trusting.asker, e), true
	}
	prompter, err := a.openPrompter()
	if err != nil {
		return nil, false
	}
	defer func() { _ = prompter.Close() }()
	return a.askConsent(ctx, prompter, e), true
}

// askConsent asks whether a project's file gets a key, and keeps the answer if
// the person wants that.
func (a *app) askConsent(ctx context.Context, prompter consentAsker, e *config.OriginError) error {
	for _, line := range consentText(e) {
		if err := prompter.Tell(line); err != nil {
			return e
		}
	}
	options := []term.Option{{Label: "No, send nothing"}, {Label: "Yes, this once"}}
	if a.rememberable(e.Folder) {
		options = append(options, term.Option{Label: "Yes, and trust this folder and all in it"})
	}
	picked, err := prompter.Pick(ctx, "Send it there?", options, 0)
	switch {
	case errors.Is(err, term.ErrNoAnswer):
		return e
	case err != nil:
		return err
	case picked == 0:
		return e
	case picked == 2:
		if err := trust.Set(a.trustFile(), e.Folder, trust.TrustFolder); err != nil {
			a.note("not remembered: %v", err)
		}
	}
	return nil
}

// consentText tells which file wants which key for whom.
func consentText(e *config.OriginError) []string {
	lines := []string{"A file of this project chose where a key of yours would go:"}
	add := func(label, value string) {
		lines = append(lines, fmt.Sprintf("%-7s %s", label, value))
	}
	add("file", e.Chosen.String())
	if e.Host != "" {
		add("host", e.Host)
	} else {
		add("for", "provider "+e.Provider)
	}
	what, _, _ := strings.Cut(e.Credential, " ") // "key", or "setting NAME"
	add(what, e.Source.String())
	add("folder", e.Folder)
	return lines
}

// rememberable reports whether a folder may be trusted with all in it: not one
// that holds the home directory as well.
func (a *app) rememberable(folder string) bool {
	rel, err := filepath.Rel(folder, a.home)
	inside := err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	return filepath.IsAbs(folder) && a.home != "" && !inside
}

// trustError makes an error of the list of folders one of the configuration.
func trustError(err error) error {
	var wrong *trust.Error
	if !errors.As(err, &wrong) {
		return err
	}
	return &sdk.Error{Kind: sdk.KindConfig, Message: wrong.Error(), Hint: wrong.Hint(), Err: err}
}
