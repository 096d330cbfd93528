// Package client is the host half of the provider protocol: it starts a
// provider's executable and gives an [sdk.Provider] back.
//
//	process, err := client.Spawn(client.Options{Path: "./qwen-provider-acme"})
//	if err != nil { ... }
//	defer process.Close()
//	provider, err := process.Connect(ctx, "acme")
//
// Spawning and connecting are two steps so that a program can start the process
// first and read its configuration while the process comes up.
//
// A plugin process gets: an environment of the named variables only, a pipe from
// the host as standard input (never the user's), a process group of its own, a
// private socket directory with a short path, and mutual TLS with keys made for
// this one run. None of the files that the host has open or has inherited reaches
// it; for that, starting a plugin marks them all close-on-exec, but for standard
// input, output and error. It dies when the host does, whatever ends the host.
package client
