// Package repl is the interactive chat: it knows what a line means, a message,
// a /command or a !command, and does it. It shows nothing itself; see package
// front.
package repl
