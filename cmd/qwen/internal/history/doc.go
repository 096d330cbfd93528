// Package history keeps what was typed in the chat, across sessions.
package history
