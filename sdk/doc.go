// Package sdk is the vocabulary between the qwen host and a model provider.
//
// A provider is a plugin: a process of its own that knows how to sign in to one
// model service, how to keep a credential valid and how to hold a conversation.
// The host owns everything else: the terminal, the disk, secrets at rest, locks,
// retries, limits and exit codes. They meet in one small interface, [Provider].
//
// A complete plugin is a type with four methods and three lines of main:
//
//	package main
//
//	import (
//		"example.com/acme"
//		"github.com/qwen-cli/qwen/sdk/serve"
//	)
//
//	func main() { serve.Main(acme.New()) }
//
// Built as qwen-provider-acme it appears in "qwen plugins list". A service that
// speaks the OpenAI chat-completions dialect needs little more than package
// sdk/openaiapi; package sdk/sdktest holds the conformance suite that every
// provider has to pass.
//
// The interface grows by capability, never by widening: what a provider can do
// beyond the four methods is an optional interface such as [ModelLister] or
// [Revoker], found by type assertion and advertised in its [Description].
//
// This package uses the standard library only. Nothing of the transport (gRPC,
// go-plugin, protobuf) shows in it.
package sdk
