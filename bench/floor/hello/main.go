// Command hello is the least that an interactive program on bubbletea can be: a
// prompt that shows what is typed, until Ctrl-D.
package main

import (
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
)

type model struct{ text string }

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return m, nil
	}
	if key.String() == "ctrl+d" {
		return m, tea.Quit
	}
	m.text += key.Text
	return m, nil
}

func (m model) View() tea.View { return tea.NewView("Hello, world\n> " + m.text) }

func main() {
	if _, err := tea.NewProgram(model{}).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
}
