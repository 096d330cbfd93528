// Package files finds the files of a project by a few letters of their path and
// reads those that are sent along.
package files
