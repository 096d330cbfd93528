package retry

import (
	"slices"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Rule says whether requests that failed with errors of one kind are sent
// again.
type Rule struct {
	Kind sdk.ErrorKind

	// Base is the upper bound of the first back-off, which doubles from then on;
	// 0: such requests are never sent again. With a base they are only if the
	// provider says of the very error that it is retryable: a 501 is not, though
	// it is a fault of the service.
	Base time.Duration

	// Elsewhere says that another connection may be asked in place of this one: what is
	// wrong is the service, or what is left of an allowance, and not the request.
	Elsewhere bool

	Why string // in words for users
}

const (
	soon = 2 * time.Second

	// slowly is for rates per minute: half a second later there is no more room
	// than before. Model Studio's documentation says that service "typically
	// resumes within one minute":
	// https://www.alibabacloud.com/help/en/model-studio/rate-limiting-best-practices
	slowly = 5 * time.Second
)

// Rules returns the rules for all kinds of error that package sdk knows, in its
// order but for those that are sent again, which come first. A kind without a
// rule is not sent again.
//
// That 408, 409, 429, 5xx and lost connections are worth another attempt is what
// OpenAI's own clients do: https://github.com/openai/openai-python#retries. That
// a quota is not, although it comes as 429 too, is the providers' to tell apart.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	{sdk.KindRateLimit, slowly, true, "too many requests or tokens in a minute: there is room again soon"},
	{sdk.KindOverloaded, soon, true, "the service has no capacity at this moment"},
	{sdk.KindService, soon, true, "a fault in the service (HTTP 5xx), or it was not ready (409, 425); not where it does not offer what was asked for (501)"},
	{sdk.KindNetwork, soon, true, "the service was not reached (in time), or the connection broke before an answer; not a name that DNS does not know, nor a certificate that is not valid"},
	{sdk.KindTimeout, soon, true, "the service gave up waiting for the request (408); not after `--timeout`, when it is not known what became of the request"},
	{sdk.KindIncomplete, soon, true, "the connection broke before any of the answer was shown; never after that"},

	{sdk.KindUnauthenticated, 0, false, "the same key is refused again; a stored login is renewed once, and sent with the new credential once"},
	{sdk.KindPermission, 0, false, "the account has to be allowed to first"},
	{sdk.KindQuota, 0, true, "an allowance that is used up, or a bill: minutes do not help, and each attempt may count"},
	{sdk.KindInvalidRequest, 0, false, "the same request is as wrong the second time"},
	{sdk.KindContextLength, 0, false, "the conversation has to become shorter first"},
	{sdk.KindContentFilter, 0, false, "the same text is refused again"},
	{sdk.KindNotFound, 0, false, "the model or the address has to be another one"},
	{sdk.KindUnsupported, 0, false, "the provider cannot do that"},
	{sdk.KindProtocol, 0, false, "what answers there does not speak the protocol; it may be the wrong address"},
	{sdk.KindConfig, 0, false, "a setting has to be made first"},
	{sdk.KindCannotAsk, 0, false, "there is nobody to ask"},
	{sdk.KindCanceled, 0, false, "you pressed Ctrl-C"},
	{sdk.KindPlugin, 0, false, "the provider's process failed; the next run starts another one"},
	{sdk.KindInternal, 0, false, "nobody knows what it was"},
}

func ruleFor(kind sdk.ErrorKind) (Rule, bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Kind == kind })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// Elsewhere reports whether another connection may succeed where this error was the
// last word of one.
func Elsewhere(err *sdk.Error) bool {
	rule, _ := ruleFor(err.Kind)
	return rule.Elsewhere
}
