// Package openaiapi speaks the OpenAI chat-completions dialect: what most model
// services offer, and what most third-party providers need, ready made.
//
// A [Client] sends, a [Service] says where to and as whom, and a [Dialect] says,
// as data, what that service does differently. A provider for a service whose
// only speciality is how one gets its key is little more than this:
//
//	func (p *Provider) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
//		svc := &openaiapi.Service{
//			BaseURL: "https://api.acme.example/v1",
//			Key:     req.Connection.Credential.Secret,
//		}
//		return p.client.Chat(ctx, svc, req)
//	}
//
// The package is careful where servers are not: a stream counts as complete only
// when a finish reason or the end marker was seen, and after a finish reason nothing
// more was said, or another one came; a web page, an empty stream or
// malformed JSON is an error and never an empty answer; a redirect to another
// origin is refused before the key or the prompt gets there; and an error never
// repeats the key, even where the server does.
//
// Nothing is retried here. The host decides that, because only it knows whether
// something of the answer was shown already.
//
// References: the chat-completions API,
// https://platform.openai.com/docs/api-reference/chat, and the event stream
// format, https://html.spec.whatwg.org/multipage/server-sent-events.html.
package openaiapi
