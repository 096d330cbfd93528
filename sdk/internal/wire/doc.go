// Package wire carries an [sdk.Provider] over gRPC, in the protocol
// qwen.provider.v1 (sdk/proto).
//
// It has two halves. [Register] puts a provider behind the protocol's four
// services; [NewClient] makes a provider again of the services behind a
// connection. What goes in at one end comes out at the other: events in their
// order, errors with their kind, cancellation in both directions, parts of a
// kind that this version does not know byte for byte.
//
// Between them stand pairs of converters, one file per subject: pbX makes the
// protocol's message of an SDK value, sdkX the SDK's value of a message.
// Protobuf refuses a string that is not UTF-8 (and with it the whole message),
// so every string passes through [text] on its way out.
package wire
