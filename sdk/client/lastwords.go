package client

import (
	"encoding/json"
	"strings"
)

// LastWords returns the line of standard error that tells most about the
// process's end: the last panic or fatal error of the Go runtime if there is
// one, else the last line; "" if it said nothing.
//
// Of a process that has ended it waits a moment for what is still in the pipe.
func (p *Process) LastWords() string {
	select {
	case <-p.exited:
		p.waitStderr()
	default:
	}
	var last string
	for _, line := range p.Stderr() {
		text := message(line)
		if text == "" {
			continue
		}
		if strings.HasPrefix(text, "panic:") || strings.HasPrefix(text, "fatal error:") {
			return clip(text)
		}
		last = text
	}
	return clip(last)
}

// message returns what a line says: plain text as it is, of a log entry in
// hclog's JSON its message if it is a warning or worse, else "".
func message(line string) string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "{") {
		return line
	}
	var entry struct {
		Level   string `json:"@level"`
		Message string `json:"@message"`
		Error   string `json:"error"`
	}
	switch {
	case json.Unmarshal([]byte(line), &entry) != nil || entry.Message == "":
		return line
	case entry.Level != "warn" && entry.Level != "error":
		return ""
	case entry.Error != "":
		return entry.Message + ": " + entry.Error
	}
	return entry.Message
}
