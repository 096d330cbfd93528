// Package editor is the multi-line input of the chat: text, cursor, folded
// pastes. It knows keys, and no terminal.
package editor
