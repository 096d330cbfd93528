package tui

// suspend does nothing: a shell on Windows has no jobs to return to.
func (m *model) suspend() {}
