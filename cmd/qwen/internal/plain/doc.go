// Package plain is the front end for screen readers, dumb terminals and whoever
// wants nothing painted over: labels, lines, numbered choices.
//
// What it writes is text and line ends. Whole sentences of an answer appear, as they
// arrive; a change of state is a line that is said once; what is typed is edited by
// the terminal itself. Ctrl-C, or Ctrl-D, instead of an answer to a question takes
// one back.
package plain
