// Package term is the person's side of the process: its three streams, whether a
// terminal is behind them, how wide it is and whether it takes colour; questions
// asked on the terminal itself, lists picked from by keys and waits that count
// down; what a sign-in needs to get a person to a web page ([QR], [Browser],
// [Copy]); and the [Sanitizer], through which every text passes that somebody else
// wrote.
//
// Nothing here looks at the environment or at the process's own streams: main
// passes both in.
//
//	std := term.Open(os.Stdin, os.Stdout, os.Stderr)
//	answer := io.Writer(std.Out)
//	if std.Out.Terminal {
//		answer = term.NewSanitizer(std.Out)
//	}
package term
