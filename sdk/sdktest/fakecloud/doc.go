// Package fakecloud is a model service on the loopback interface: for tests,
// for demonstrations, for benchmarks, and for whoever writes a provider and
// wants to see it meet a bad day without an account.
//
// It speaks the OpenAI chat-completions dialect, that of Azure OpenAI and that
// of DashScope, and it is an OAuth 2.0 server with the device authorization
// grant (RFC 8628) in the wire form that Qwen uses. What it answers can be
// scripted, what goes wrong can be chosen, and what arrived can be looked at:
//
//	cloud := fakecloud.New()
//	defer cloud.Close()
//	cloud.SetKeys("good-key")
//	cloud.Script(fakecloud.Answer{Text: "Hello"})
//	cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultCut, After: 3, Times: 1})
//	// … talk to cloud.OpenAI() …
//	got := cloud.Requests()
//
// # Services
//
//	/v1                          OpenAI; any key, or those of SetKeys
//	/openai/deployments/NAME     Azure OpenAI: header api-key, query api-version
//	/dashscope/v1                DashScope's error bodies; refuses sk-sp- keys
//	/coding/v1                   the Coding Plan: sk-sp- keys only
//	/qwen/v1                     access tokens of the OAuth server, while valid
//	/api/v1/oauth2/…             device/code and token
//	/authorize                   the page where a person approves or denies
//
// Each chat service has chat/completions, streamed or not, and models.
//
// # Models
//
// Every model name is accepted. Without a script the answer repeats the last
// user message, "You said: …", word by word. Some names do more, so that a
// program that cannot call this package (a script, a person) has all of it:
//
//	slow                 200 ms before each chunk
//	big-N                N chunks, "big-20000": rendered once, sent fast
//	think                thoughts in reasoning_content
//	think-reasoning      thoughts in reasoning
//	think-tags           thoughts in <think> tags within the text
//	tools                calls get_weather, arguments in pieces
//	tools-STYLE          the same in one of the forms of ToolStyle
//	cite                 a text with emoji and the source of one of its phrases
//	refuse               a refusal
//	length               stops for its token limit
//	filter               stops for its content filter
//	error-finish         finish reason error_finish, with an error as its text
//	no-usage             reports no usage
//	flaky-NNN            HTTP status NNN at the first request, an answer after that
//	fault-NNN            HTTP status NNN, with the body that real services send
//	fault-429-later      429 with Retry-After: 30
//	fault-context        400, the conversation is too long
//	fault-filtered       400, the prompt was refused by the content filter
//	fault-model          404, no such model
//	fault-insufficient-quota, fault-free-quota, fault-hour-quota,
//	fault-week-quota, fault-month-quota
//	                     429, an allowance is used up
//	fault-agents-only    403, "currently only available for Coding Agents"
//	fault-KIND           any FaultKind with its defaults: fault-cut, fault-html, …
//
// # Control
//
// A program that runs the command cmd/fakecloud controls it over HTTP:
//
//	GET  /_control/requests    what arrived, a JSON list of Request
//	GET  /_control/elsewhere   what arrived at the other origin (FaultRedirect)
//	POST /_control/reset       forget requests, scripts, faults and OAuth state
//	POST /_control/fault       body: Fault
//	POST /_control/script      body: list of Answer
//	POST /_control/rate        body: Rate
//	POST /_control/keys        body: list of strings
//	POST /_control/oauth       body: OAuthOptions
//	POST /_control/approve     all waiting sign-ins, or ?user_code=…; also /deny
//	POST /_control/token       issues a token: {"access_token": …}
//
// Durations in JSON are numbers of nanoseconds, as encoding/json has it.
//
// # Bubbles
//
// Sockets do not work within [testing/synctest]. [Cloud.Client] calls the
// handlers directly and does.
package fakecloud
