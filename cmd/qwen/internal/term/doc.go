// Package term is the person's side of the process: its three streams, whether a
// terminal is behind them, how wide it is and whether it takes colour; questions
// asked on the terminal itself, lists picked from by keys and waits that count
// down; what a sign-in needs to get a person to a web page ([QR], [Browser],
// [Copy]); the [Console], on which a chat goes on; and the [Sanitizer], through which
// every text passes that somebody else wrote.
//
// Nothing here looks at the environment or at the process's own streams: main
// passes both in.
//
//	std := term.Open(os.Stdin, os.Stdout, os.Stderr)
//	answer := io.Writer(std.Out)
//	if std.Out.Terminal {
//		answer = term.NewSanitizer(std.Out)
//	}
//
// A console tells what happens at it, and is told what to show:
//
//	console, err := term.OpenConsole(term.ConsoleOptions{Getenv: getenv})
//	if err != nil {
//		return err
//	}
//	defer console.Close()
//	for e := range console.Events() {
//		finished, frame := answer(e)
//		if err := console.Draw(finished, frame); err != nil {
//			return err
//		}
//	}
package term
