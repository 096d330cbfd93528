// Package markdown turns Markdown, as it arrives, into lines for a terminal.
package markdown
