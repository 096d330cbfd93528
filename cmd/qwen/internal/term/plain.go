package term

// isPlain reports whether nothing may be painted over: because it was said so, or
// because the terminal cannot, or because there is none.
func (p *Prompter) isPlain() bool {
	return p.Plain || p.tty == nil || p.screen == nil || p.env("TERM") == "dumb" || isTrue(p.env("ACCESSIBLE"))
}

func (p *Prompter) env(name string) string {
	if p.Getenv == nil {
		return ""
	}
	return p.Getenv(name)
}

// Size returns the columns and rows of the terminal as they are now, or zeros if
// they are not known.
func (p *Prompter) Size() (columns, rows int) {
	if p.screen == nil {
		return 0, 0
	}
	return size(p.screen)
}

// CanPaint reports whether lines can be painted over and single keys be read: it
// is false in plain mode and without a terminal.
func (p *Prompter) CanPaint() bool { return !p.isPlain() }

// Copy asks the terminal to put text on the clipboard; see [Copy].
func (p *Prompter) Copy(text string) error { return Copy(p.out, p.Getenv, text) }
