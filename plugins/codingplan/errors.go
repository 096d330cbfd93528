package codingplan

import (
	"fmt"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// Texts by which the plan says that an allowance is used up. They all come with
// the same status and code.
const (
	hourQuota  = "hour allocated quota exceeded"
	dayQuota   = "day allocated quota exceeded"
	weekQuota  = "week allocated quota exceeded"
	monthQuota = "month allocated quota exceeded"
)

// dialect returns what the plan's endpoints do differently. They are DashScope's
// but for the errors, whose meaning is on the plan's FAQ page,
// https://help.aliyun.com/zh/model-studio/coding-plan-faq.
func dialect() openaiapi.Dialect {
	return openaiapi.Dialect{
		Name:     "the Coding Plan",
		Thinking: openaiapi.ThinkingEnable,
		Rules:    rules(),
		Classify: func(e *sdk.Error) { addReset(e, time.Now()) },
	}
}

// refusedKey: the plan says the same of a wrong key, a general one, one of another
// region or plan, and of a subscription that has ended.
const (
	refusedKey     = "the plan did not accept the key"
	refusedKeyHint = `Check that the key is complete, that it is the plan's own (sk-sp-…), that the subscription has not ended, and that the region is ` +
		`the one where it was bought (beijing or international); then run "qwen auth login coding-plan".`
)

func rules() []openaiapi.ErrorRule {
	return []openaiapi.ErrorRule{
		{Contains: "only available for coding agents", Kind: sdk.KindPermission,
			Message: "the plan serves only the coding tools on its list, and this program is not on it",
			Hint:    `qwen says its own name and does not pretend to be another tool; a pay-as-you-go key works with "qwen auth login openai".`},
		{Contains: hourQuota, Kind: sdk.KindQuota,
			Message: "the plan's requests for the current 5 hours are used up",
			Hint:    "They come back within 5 hours at most."},
		{Contains: dayQuota, Kind: sdk.KindQuota,
			Message: "the plan's requests for this day are used up",
			Hint:    "They come back at 00:00 UTC+8."},
		{Contains: weekQuota, Kind: sdk.KindQuota,
			Message: "the plan's requests for this week are used up",
			Hint:    "They come back on Monday at 00:00 UTC+8."},
		{Contains: monthQuota, Kind: sdk.KindQuota,
			Message: "the plan's requests for this month are used up",
			Hint:    "They come back on the subscription's billing day at 00:00 UTC+8; the Model Studio console shows the date."},
		// Not quotas, though they say so; these come with the quotas' code as well.
		{Contains: "concurrency allocated quota exceeded", Kind: sdk.KindRateLimit, Retryable: true,
			Message: "more requests at once than the plan allows at this hour",
			Hint:    "Run fewer side by side, or wait a moment."},
		{Contains: "usage allocated quota exceeded", Kind: sdk.KindRateLimit,
			Message: "the plan slows down who asks for much in a short time",
			Hint:    "It usually works again within the hour; spread large tasks out."},
		{Contains: "invalid access token or token expired", Kind: sdk.KindUnauthenticated,
			Message: refusedKey, Hint: refusedKeyHint},
		{Status: 403, Contains: "invalid api-key", Kind: sdk.KindUnauthenticated,
			Message: "this endpoint does not take the plan's keys",
			Hint:    "Set the endpoint to " + beijing.endpoint() + " or " + international.endpoint() + "."},
		{Contains: "range of input length should be", Kind: sdk.KindContextLength,
			Message: "the conversation is too long for the model",
			Hint:    "Start a new conversation, or send less."},
		{Contains: "' is not supported", Kind: sdk.KindNotFound,
			Message: "the plan does not have this model",
			Hint:    `See "qwen models --provider coding-plan"; names are case-sensitive.`},
		{Status: 404, Code: "model_not_found", Kind: sdk.KindNotFound,
			Message: "the plan does not have this model",
			Hint:    `See "qwen models --provider coding-plan"; names are case-sensitive.`},
		{Status: 401, Kind: sdk.KindUnauthenticated,
			Message: refusedKey, Hint: refusedKeyHint},
		{Status: 404, Kind: sdk.KindNotFound,
			Message: "there is no API at this address",
			Hint:    "Set the endpoint to " + beijing.endpoint() + " or " + international.endpoint() + ", or leave it out."},
	}
}

// beijingTime is the zone of the plan's calendar. China has had no summer time
// since 1991.
var beijingTime = time.FixedZone("UTC+8", 8*60*60)

// addReset says when an allowance comes back: as the plan says itself, else where
// it can be computed, for a day and a week. The end of a month depends on the day
// of purchase, that of the hours on the requests before.
func addReset(e *sdk.Error, now time.Time) {
	if e.Kind != sdk.KindQuota {
		return
	}
	if e.RetryAfter == 0 {
		switch words := strings.ToLower(e.Message); {
		case strings.Contains(words, weekQuota):
			e.RetryAfter = nextMonday(now).Sub(now)
		case strings.Contains(words, dayQuota):
			e.RetryAfter = nextDay(now).Sub(now)
		default:
			return
		}
	}
	at := now.Add(e.RetryAfter).In(beijingTime)
	e.Hint = fmt.Sprintf("They come back on %s UTC+8, in %s.", at.Format("Monday 2 January at 15:04"), inWords(e.RetryAfter))
}

// nextDay returns the next midnight in Beijing after now.
func nextDay(now time.Time) time.Time {
	t := now.In(beijingTime)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, beijingTime)
}

// nextMonday returns the next Monday 00:00 in Beijing after now.
func nextMonday(now time.Time) time.Time {
	t := now.In(beijingTime)
	days := (int(time.Monday-t.Weekday())+6)%7 + 1 // 1 to 7
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, beijingTime)
}

// inWords rounds d up to days, or to hours below two days.
func inWords(d time.Duration) string {
	hours := int((d + time.Hour - 1) / time.Hour)
	switch {
	case hours >= 48:
		return fmt.Sprintf("about %d days", (hours+12)/24)
	case hours > 1:
		return fmt.Sprintf("about %d hours", hours)
	}
	return "less than an hour"
}
