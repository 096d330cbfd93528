package term

import "strings"

// terminal returns the name of the terminal, as it says itself or as its variables
// say; "" if neither does.
func (c *Console) terminal() string {
	if name := c.answers.terminal(); name != "" {
		return name
	}
	if name := c.getenv("TERM_PROGRAM"); name != "" {
		return name
	}
	return c.getenv("TERM")
}

// notification returns the sequence for a notification on the desktop, or the bell.
func notification(terminal, title, text string) string {
	title, text = CleanLine(title), CleanLine(text)
	name := strings.ToLower(terminal)
	begins := func(names ...string) bool {
		for _, n := range names {
			if strings.HasPrefix(name, n) {
				return true
			}
		}
		return false
	}
	switch {
	case begins("iterm", "kitty", "xterm-kitty"):
		return "\x1b]9;" + strings.TrimSuffix(title+": "+text, ": ") + "\a"
	case begins("wezterm", "ghostty", "xterm-ghostty", "foot", "rxvt-unicode"):
		return "\x1b]777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + text + "\a"
	}
	return "\a"
}
