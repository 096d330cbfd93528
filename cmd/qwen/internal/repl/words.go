package repl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/sdk"
)

// tell tells what failed, if anything did.
func (c *Chat) tell(err error) {
	if err == nil {
		return
	}
	headline, hint := render.ErrorLines(err, c.Backend.Clean)
	c.fault(headline, inChat(hint))
}

// inChat returns what to do in the chat in place of what one does outside of it.
func inChat(hint string) string {
	if strings.Contains(hint, "qwen auth login") {
		return "/auth signs in, or chooses another login."
	}
	return hint
}

// fault tells what failed and what to do.
func (c *Chat) fault(text, hint string) {
	c.Front.Say(front.Entry{Kind: front.Fault, Text: text, Hint: hint})
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// count writes a number of things: "1 file", "3 files".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// mediaText says in Markdown that an answer holds something that is no text.
func mediaText(kind string, m sdk.Media) string {
	where := m.Name
	switch {
	case m.URL != "":
		where = m.URL
	case where == "":
		where = m.MediaType
	}
	return fmt.Sprintf("\n\n*[%s: %s]*\n\n", kind, where)
}

// citations lists in Markdown where a text is from, each source once.
func citations(list []sdk.Annotation) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, a := range list {
		if a.URL == "" || seen[a.URL] {
			continue
		}
		seen[a.URL] = true
		if b.Len() == 0 {
			b.WriteString("\n\n")
		}
		fmt.Fprintf(&b, "%d. %s <%s>\n", len(seen), strings.NewReplacer("[", "", "]", "", "\n", " ").Replace(a.Title), a.URL)
	}
	return b.String()
}

// table lays rows out in columns; a column that is empty in all rows is left out.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := "  "
		for i, cell := range row {
			if widths[i] > 0 {
				line += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
