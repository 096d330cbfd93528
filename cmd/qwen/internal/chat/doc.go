// Package chat holds a conversation and runs its turns. It knows no terminal, no
// file and no plugin process: it drives an [sdk.Provider], and whoever shows the
// answer reads the events.
//
//	turn := chat.NewTurn(chat.Options{Provider: p, Request: req, Origin: origin})
//	for event, err := range turn.Events(ctx) {
//		if err != nil {
//			return err // turn.Result() still holds what arrived
//		}
//		show(event)
//	}
//	conversation.Record(turn.Result())
//
// A turn sends exactly one request. The one exception: if the service refuses the
// credential before anything of the answer was passed on, the turn asks once for
// a fresh one and sends the request once more.
package chat
