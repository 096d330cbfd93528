package cli

import (
	"context"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
)

// exposedPatience is how long the end of the program waits for git, which has had
// the whole run to answer.
const exposedPatience = 300 * time.Millisecond

// checkSecretFiles begins to find out whether git would give away any of the
// files, which hold keys. That happens beside the request and takes nothing of
// its time; [app.tellExposed] tells what came of it.
func (a *app) checkSecretFiles(ctx context.Context, files []string) {
	if len(files) == 0 || a.exposed != nil {
		return
	}
	git, err := worktree.Find(a.environ)
	if err != nil {
		return
	}
	notes := make(chan string, len(files))
	a.exposed = notes
	go func() {
		defer close(notes)
		for _, file := range files {
			if text := exposedText(git.State(ctx, file)); text != "" {
				notes <- file + " holds a key and " + text
			}
		}
	}()
}

func exposedText(state worktree.State) string {
	switch state {
	case worktree.Tracked:
		return "is tracked by git: take it out (git rm --cached), list it in .gitignore, and replace the key"
	case worktree.Exposed:
		return "git does not ignore it: list it in .gitignore"
	}
	return ""
}

// tellExposed writes one line for each file with a key that git would give away.
func (a *app) tellExposed() {
	if a.exposed == nil {
		return
	}
	patience := time.After(exposedPatience)
	for {
		select {
		case text, ok := <-a.exposed:
			if !ok {
				return
			}
			a.note("%s", text)
		case <-patience:
			return
		}
	}
}
