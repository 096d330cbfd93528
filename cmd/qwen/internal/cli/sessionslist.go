package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// listedSessions is how many sessions are listed unless all are asked for.
const listedSessions = 30

func (a *app) sessionsListCommand() *cobra.Command {
	var asJSON, all, here bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the stored conversations, the last one first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := a.sessions()
			if err != nil {
				return err
			}
			list, err := store.List(cmd.Context())
			if err != nil {
				return err
			}
			if here {
				list = slices.DeleteFunc(list, func(m session.Meta) bool { return !a.isHere(m.Dir) })
			}
			if asJSON {
				return a.printJSON(sessionsJSON(list))
			}
			return a.printSessions(list, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&all, "all", false, fmt.Sprintf("list all, not only the last %d; JSON always has all", listedSessions))
	cmd.Flags().BoolVar(&here, "here", false, "list those of the current directory only")
	return cmd
}

// isHere reports whether a session's directory is the current one.
func (a *app) isHere(dir string) bool {
	here, err := filepath.EvalSymlinks(a.dir)
	return err == nil && dir == here
}

// Columns of the list that a narrow terminal has no room for, the first to go first.
const (
	modelColumn = 3
	dirColumn   = 4

	leastTitle = 24
)

// printSessions prints a table: on a terminal no wider than that is.
func (a *app) printSessions(list []session.Meta, all bool) error {
	if len(list) == 0 {
		a.note("no conversation is stored")
		return nil
	}
	left := 0
	if !all && len(list) > listedSessions {
		left = len(list) - listedSessions
		list = list[:listedSessions]
	}
	rows := [][]string{{"ID", "AGE", "MESSAGES", "MODEL", "DIRECTORY", "TITLE"}}
	for _, m := range list {
		rows = append(rows, []string{m.ID, session.Age(time.Since(m.Updated)), strconv.Itoa(m.Messages), m.Model, a.shortDir(m.Dir), m.Title})
	}
	if err := a.printTable(fitLast(rows, a.streams.Out.Width())); err != nil {
		return err
	}
	if left > 0 {
		a.note("%d older ones are not listed; --all lists them", left)
	}
	return nil
}

// fitLast makes the rows fit into so many columns, 0 for any: it empties the columns
// that matter least, and then shortens the last cells.
func fitLast(rows [][]string, width int) [][]string {
	if width == 0 {
		return rows
	}
	rows = cleanRows(rows)
	for _, drop := range []int{dirColumn, modelColumn} {
		if lead(rows)+leastTitle <= width {
			break
		}
		for _, row := range rows[1:] {
			row[drop] = ""
		}
	}
	room := max(1, width-lead(rows))
	for _, row := range rows {
		last := len(row) - 1
		row[last] = strings.TrimRight(term.Fit(row[last], room), " ")
	}
	return rows
}

// lead returns the width of all columns but the last.
func lead(rows [][]string) int {
	widths := columnWidths(rows)
	sum := 0
	for _, w := range widths[:len(widths)-1] {
		if w > 0 {
			sum += w + 2
		}
	}
	return sum
}

// shortDir writes a directory with ~ for home.
func (a *app) shortDir(dir string) string {
	rest, ok := strings.CutPrefix(dir, a.home)
	if a.home == "" || !ok || rest != "" && rest[0] != filepath.Separator {
		return dir
	}
	return "~" + rest
}

// sessionJSON is a session in JSON output.
type sessionJSON struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Named      bool   `json:"named"` // by the person
	Dir        string `json:"dir"`
	Created    string `json:"created,omitempty"`
	Updated    string `json:"updated"`
	Model      string `json:"model,omitempty"`
	Connection string `json:"connection,omitempty"`
	Provider   string `json:"provider,omitempty"`
	Messages   int    `json:"messages"`
	Bytes      int64  `json:"bytes"`
}

func sessionsJSON(list []session.Meta) []sessionJSON {
	all := make([]sessionJSON, 0, len(list))
	for _, m := range list {
		j := sessionJSON{
			ID: m.ID, Title: m.Title, Named: m.Named, Dir: m.Dir, Updated: m.Updated.UTC().Format(timeLayout),
			Model: m.Model, Connection: m.Connection, Provider: m.Provider, Messages: m.Messages, Bytes: m.Size,
		}
		if !m.Created.IsZero() {
			j.Created = m.Created.UTC().Format(timeLayout)
		}
		all = append(all, j)
	}
	return all
}
