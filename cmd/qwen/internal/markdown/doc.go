// Package markdown turns Markdown, as it arrives, into lines for a terminal.
//
// A [Stream] takes an answer in pieces. What of it is finished comes back as lines,
// once, for the scrollback; what may still change is its [Stream.Tail], for the live
// region below:
//
//	s := markdown.New(markdown.Options{Width: 80, Theme: markdown.Dark()})
//	for delta := range deltas {
//		print(s.Write(delta))
//		paint(s.Tail())
//	}
//	print(s.Close())
//
// How it works: document follows the block structure line by line, as the
// CommonMark specification describes it
// (https://spec.commonmark.org/0.31.2/#phase-1-block-structure), and lays a block
// out as soon as it ends; code, HTML and formulas line by line. Goldmark parses what
// is inside a block. It could parse the blocks too, but only of a text that is
// complete.
//
// No more than maxOpen bytes are held back, so that the cost of a piece does not
// depend on what came before it.
//
// Every line ends with all styles and links closed. The only control sequences in
// it are SGR and links (OSC 8) made here: whatever else the text says, also by way of
// entities, is removed by the one function through which text gets in, text.add.
package markdown
