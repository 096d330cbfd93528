//go:build race

package sdktest

// The race detector makes every byte some ten times as dear; what the heavy
// cases look for, limits in the wrong place (gRPC's is 4 MB), shows with less.

// LongPieces is the number of pieces of a [Long] answer.
const LongPieces = 5_000

// imageSize is the size of a large picture, in bytes.
const imageSize = 6 << 20
