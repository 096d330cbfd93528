package serve

// endProcessGroup does nothing: the host's job object ends what a plugin has
// started.
func endProcessGroup() {}

// removeSocketDir does nothing: go-plugin uses TCP on loopback here.
func removeSocketDir(string) {}
