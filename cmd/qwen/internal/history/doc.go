// Package history keeps what was typed in the chat, across sessions.
//
// The file holds JSON lines, an entry each, the newest last. Several processes append
// to it at the same time. It is not called "history": in the state root there may be a
// directory of that name, which belongs to the established tool.
package history
