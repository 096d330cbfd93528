// Package plain is the front end for screen readers, dumb terminals and whoever
// wants nothing painted over: labels, lines, numbered choices.
package plain
