// Package session keeps conversations on disk.
package session
