package plain

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// maxListed is how many entries are listed unasked: nobody wants to hear three
// hundred models.
const maxListed = 20

// Pick implements [front.Front]: an entry is picked by its number, or by a part of
// its name.
func (f *Front) Pick(ctx context.Context, p front.Picker) (int, error) {
	q := term.Question{Label: "Number, or part of a name"}
	if p.Current >= 0 && p.Current < len(p.Options) {
		q.Default = strconv.Itoa(p.Current + 1)
	}
	f.line(term.CleanLine(p.Label))
	f.list(p, matches(p, ""))
	for {
		answer, err := f.ask(ctx, q)
		if err != nil {
			return -1, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(p.Options) {
			return n - 1, nil
		}
		switch found := matches(p, answer); {
		case answer == "*":
			f.listAll(p, matches(p, ""))
		case len(found) == 0:
			f.line("Nothing matches " + term.CleanLine(answer) + ".")
		case len(found) == 1:
			f.line(term.CleanLine(p.Options[found[0]].Label))
			return found[0], nil
		default:
			f.list(p, found)
		}
	}
}

// matches returns the indexes of the entries that hold every word of a filter.
func matches(p front.Picker, filter string) []int {
	var found []int
	for i, o := range p.Options {
		text := strings.ToLower(o.Label + " " + o.Note)
		holds := true
		for word := range strings.FieldsSeq(strings.ToLower(filter)) {
			holds = holds && strings.Contains(text, word)
		}
		if holds {
			found = append(found, i)
		}
	}
	return found
}

func (f *Front) list(p front.Picker, indexes []int) {
	if len(indexes) > maxListed {
		f.line(fmt.Sprintf("%d entries. A part of a name lists those, * lists all.", len(indexes)))
		return
	}
	f.listAll(p, indexes)
}

// listAll lists entries by their numbers, which never change.
func (f *Front) listAll(p front.Picker, indexes []int) {
	for _, i := range indexes {
		s := fmt.Sprintf("%d. %s", i+1, term.CleanLine(p.Options[i].Label))
		if note := term.CleanLine(p.Options[i].Note); note != "" {
			s += " (" + note + ")"
		}
		if i == p.Current {
			s += ", current"
		}
		f.line(s)
	}
}
