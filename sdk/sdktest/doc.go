// Package sdktest tells whether a provider keeps the contract of package sdk, and
// has what tests of providers and of hosts are made of.
//
// [Run] is the conformance suite. A provider passes it, or it is not a provider:
//
//	func TestConformance(t *testing.T) {
//		sdktest.Run(t, sdktest.Config{
//			New:     acme.New,
//			Service: sdktest.OpenAICompatible{}.Start,
//		})
//	}
//
// Every case has a stable ID, says what it demands and why ([Cases] lists them),
// and runs twice: on the provider itself, and through [Pair], which puts the
// provider behind the real protocol within this process. (The few that move
// megabytes run through [Pair] only.)
//
// A case needs a service that behaves in a certain way (answers, breaks off,
// refuses): see [Behaviour]. [OpenAICompatible] is such a service for providers
// that speak the OpenAI dialect; a provider of another service brings its own. A
// case whose behaviour the service does not offer is skipped and says so.
//
// For hosts there are [Fake], a provider that does as it is told, and [UI], a
// person who does.
package sdktest
