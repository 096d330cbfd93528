//go:build unix && !linux

package main

import "errors"

// evict would put files out of the page cache.
func evict(...string) error {
	return errors.New("only Linux lets one file be put out of the page cache")
}
