//go:build unix

package main

import (
	"slices"
	"testing"
)

// A time may be cut in two by a read.
func TestTransit(t *testing.T) {
	w := &watch{timed: true}
	w.take([]byte("data: 1700000000000000000\ndata: 17000000"), 1700000000000000005)
	w.take([]byte("00000000001 and 42"), 1700000000000000008)
	if !slices.Equal(w.transit, []int64{5, 7}) || w.first != 1700000000000000005 || w.size != 58 {
		t.Errorf("%+v", w)
	}
}
