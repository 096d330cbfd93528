// Package profile names the stored logins that a user has side by side, and
// remembers which of them is in use.
//
// A login is identified by provider, endpoint and the name of its profile
// ([credstore.ID]), never by a model: one login serves all models of a service.
// That is exact but long, so people get the shortest of several spellings that
// means one login only:
//
//	work                     the name of the profile
//	openai                   the provider, for the profile without a name
//	openai/work              provider and profile
//	openai@openrouter.ai     either, and the host
//
// What is in use is kept in qwen.json in the state root. It is a file of our own
// because settings.json belongs to people and to another tool too, and a program
// that rewrites it sooner or later loses a comment.
package profile
