// Package highlight colours source code line by line.
//
//	h := highlight.New("go")
//	for _, span := range h.Line("x := 1 // one") {
//		print(style(span.Class), span.Text)
//	}
//
// It wants to help reading, not to parse: a table says of each language what its
// words, comments, strings and numbers look like, and what is unknown is plain. There
// are libraries that know more, but the common one (chroma) takes 8 to 15 ms at every
// start of the program, and wants the whole text before it colours the first line of
// an answer that is still arriving.
//
// A [Highlighter] is some words of state. Nothing is set up before it is used.
package highlight
