//go:build unix

package main

// peers returns the programs of others that are on PATH.
func (b *bench) peers() []*program { return nil }

func peersFor(peers []*program, model string) []*program { return peers }
