// Package editor is the multi-line input of the chat: text, cursor, folded
// pastes. It knows keys, and no terminal.
//
// An [Editor] is told of keys and pastes, and shows itself as lines for any width:
//
//	e := editor.New(history)
//	switch ev := event.(type) {
//	case term.Paste:
//		e.Paste(ev.Text)
//	case term.Key:
//		if !e.Press(ev) && ev.String() == "enter" && !e.Enter() {
//			send(e.Take())
//		}
//	}
//	view := e.View(columns, rows)
//
// A long paste is folded: it is shown as one word in brackets, which the cursor
// steps over and Backspace removes whole, and is sent in full.
package editor
