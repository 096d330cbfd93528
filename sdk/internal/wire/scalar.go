package wire

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// text returns s as protobuf wants it: invalid UTF-8 is replaced by U+FFFD.
func text[S ~string](s S) string {
	return strings.ToValidUTF8(string(s), "\uFFFD")
}

// texts returns each element of in as [text] does.
func texts[S ~string](in []S) []string {
	return each(in, text[S])
}

// each returns f of every element; nil for none, as protobuf reads it back.
func each[A, B any](in []A, f func(A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// eachRef is [each] for elements that are large enough to pass by reference.
func eachRef[A, B any](in []A, f func(*A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i := range in {
		out[i] = f(&in[i])
	}
	return out
}

// pbMap returns in with valid keys and every value converted; nil for none.
func pbMap[M ~map[string]A, A, B any](in M, f func(A) B) map[string]B {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]B, len(in))
	for k, v := range in {
		out[text(k)] = f(v)
	}
	return out
}

// pbRaw returns JSON values as the protocol carries them.
func pbRaw[M ~map[string]V, V ~[]byte](in M) map[string][]byte {
	return pbMap(in, func(v V) []byte { return v })
}

// sdkRaw is the inverse of [pbRaw].
func sdkRaw[M ~map[string]V, V ~[]byte](in map[string][]byte) M {
	if len(in) == 0 {
		return nil
	}
	out := make(M, len(in))
	for k, v := range in {
		out[k] = V(v)
	}
	return out
}

// sdkMap returns in, or nil if it is empty.
func sdkMap[V any](in map[string]V) map[string]V {
	if len(in) == 0 {
		return nil
	}
	return in
}

// same is the conversion of a type that is the same on both sides.
func same[T any](v T) T { return v }

// pbTime returns t; the zero time, which means "none", is an absent message.
func pbTime(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func sdkTime(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

// pbDuration returns d; zero, which means "not said", is an absent message.
func pbDuration(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func sdkDuration(d *durationpb.Duration) time.Duration {
	return d.AsDuration() // 0 for nil
}
