//go:build !race

package sdktest

// LongPieces is the number of pieces of a [Long] answer.
const LongPieces = 20_000

// imageSize is the size of a large picture, in bytes.
const imageSize = 20 << 20
