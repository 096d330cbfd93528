// Package tui is the front end that paints on a terminal.
package tui
