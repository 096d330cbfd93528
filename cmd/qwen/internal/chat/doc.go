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
// A turn sends one request. It sends it again only if that can help, while nothing
// of an answer was passed on, and never unsaid ([Options.Retrying]): after a failure
// that may pass, as package retry decides; and once with a fresh credential, if
// the service refuses the first.
package chat
