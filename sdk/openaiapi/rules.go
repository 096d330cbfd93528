package openaiapi

import (
	"net/http"
	"slices"

	"github.com/qwen-cli/qwen/sdk"
)

// kindOfStatus is what an HTTP status means if nothing more is known. Message is
// for a response without a readable body.
func kindOfStatus(status int) ErrorRule {
	switch status {
	case http.StatusUnauthorized:
		return ErrorRule{Kind: sdk.KindUnauthenticated, Message: "the service did not accept the key", Hint: hintKey}
	case http.StatusPaymentRequired:
		return ErrorRule{Kind: sdk.KindQuota, Message: "the account has no credit left", Hint: hintBilling}
	case http.StatusForbidden:
		return ErrorRule{Kind: sdk.KindPermission, Message: "the key is not allowed to do this", Hint: hintAllowed}
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return ErrorRule{Kind: sdk.KindNotFound, Message: "no such path or model",
			Hint: "Check the endpoint (most end in /v1) and the name of the model."}
	case http.StatusRequestTimeout:
		return ErrorRule{Kind: sdk.KindTimeout, Retryable: true, Message: "the service gave up waiting for the request"}
	case http.StatusConflict, http.StatusTooEarly:
		return ErrorRule{Kind: sdk.KindService, Retryable: true, Message: "the service was not ready for the request"}
	case http.StatusRequestEntityTooLarge:
		return ErrorRule{Kind: sdk.KindInvalidRequest, Message: "the request is too large for the service",
			Hint: "Send fewer or smaller attachments."}
	case http.StatusTooManyRequests:
		return ErrorRule{Kind: sdk.KindRateLimit, Retryable: true, Message: "too many requests", Hint: hintSlower}
	case http.StatusNotImplemented:
		return ErrorRule{Kind: sdk.KindUnsupported, Message: "the service does not offer this"}
	case http.StatusServiceUnavailable, 529: // 529: overloaded, at Anthropic and those who followed
		return ErrorRule{Kind: sdk.KindOverloaded, Retryable: true, Message: "the service has no capacity now"}
	}
	return kindOfClass(status)
}

func kindOfClass(status int) ErrorRule {
	switch status / 100 {
	case 2: // an error within a stream that began well
		return ErrorRule{Kind: sdk.KindService, Message: "the service reported an error"}
	case 3:
		return ErrorRule{Kind: sdk.KindProtocol, Message: "the service redirects without saying where to"}
	case 4:
		return ErrorRule{Kind: sdk.KindInvalidRequest, Message: "the service did not accept the request"}
	case 5:
		return ErrorRule{Kind: sdk.KindService, Retryable: true, Message: "the service failed"}
	}
	return ErrorRule{Kind: sdk.KindProtocol, Message: "the service answered with an unknown status"}
}

// The next step, where a rule and the status name none.
func hintOfKind(kind sdk.ErrorKind) string {
	switch kind {
	case sdk.KindUnauthenticated:
		return hintKey
	case sdk.KindPermission:
		return hintAllowed
	case sdk.KindQuota:
		return hintBilling
	case sdk.KindRateLimit:
		return hintSlower
	case sdk.KindOverloaded:
		return hintBusy
	case sdk.KindService:
		return hintFault
	case sdk.KindContextLength:
		return hintShorten
	case sdk.KindContentFilter:
		return hintRephrase
	case sdk.KindInvalidRequest:
		return hintOptions
	case sdk.KindNotFound:
		return hintModel
	case sdk.KindTimeout, sdk.KindIncomplete:
		return "Try again."
	}
	return ""
}

const (
	hintKey      = "Check that the key is complete, still valid, and for this endpoint."
	hintAllowed  = "Ask the service's console whether this account, and the project of the key, may use the model."
	hintBilling  = "Look at plan and billing on the service's website."
	hintPayment  = "Settle the bill in the Alibaba Cloud console."
	hintActivate = "Activate Model Studio in the Alibaba Cloud console."
	hintSlower   = "Ask for less at once, or more slowly; the service's console shows the limits per minute."
	hintBusy     = "Try again in a few minutes, or take another model."
	hintFault    = "Try again in a few minutes; if it stays, the service's status page or support know more."
	hintShorten  = "Start a new conversation, or send less."
	hintRephrase = "Say it in other words, or leave out the part that the service objects to."
	hintOptions  = `Leave out optional settings: "qwen config list" shows what is set.`
	hintModel    = `See "qwen models" for what this endpoint offers; names are case-sensitive.`

	tooManyRequests = "too many requests in this minute"
	tooManyTokens   = "too many tokens in this minute"
	arrears         = "the account is in arrears"
	notActivated    = "the service is not activated for this account"
)

// commonRules are errors that more than one service sends, in the order in which
// they are tried: all the ways to be out of allowance look alike by status, so the
// words come first. A rule without a message keeps the service's own, one without a
// hint takes that of its status or kind. Sources:
//
//   - OpenAI: https://platform.openai.com/docs/guides/error-codes
//   - Anthropic: https://docs.anthropic.com/en/api/errors
//   - Azure: https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter
//   - DashScope: https://help.aliyun.com/zh/model-studio/error-code
//   - DeepSeek: https://api-docs.deepseek.com/quick_start/error_codes
//   - Groq: https://console.groq.com/docs/rate-limits
//   - Kimi: https://www.kimi.com/code/docs/en/kimi-code/error-reference.html
//   - Mistral: https://docs.mistral.ai/api/
//   - OpenRouter: https://openrouter.ai/docs/api-reference/limits
//   - Z.AI: https://docs.z.ai/api-reference/api-code
var commonRules = slices.Concat(quotaRules, rateRules, finishRules, identityRules, requestRules)

// quotaRules: an allowance that is used up, or a bill. Waiting a minute does not
// help.
var quotaRules = []ErrorRule{
	{Contains: "free allocated quota exceeded", Kind: sdk.KindQuota, Message: "the free allowance is used up"}, // DashScope
	{Contains: "hour allocated quota exceeded", Kind: sdk.KindQuota, Message: "the allowance of the plan's current hours is used up", Hint: "It comes back as the window moves on."},
	{Contains: "day allocated quota exceeded", Kind: sdk.KindQuota, Message: "the plan's allowance of this day is used up", Hint: "It comes back with the new day."},
	{Contains: "week allocated quota exceeded", Kind: sdk.KindQuota, Message: "the plan's allowance of this week is used up", Hint: "It comes back with the new week."},
	{Contains: "month allocated quota exceeded", Kind: sdk.KindQuota, Message: "the plan's allowance of this month is used up", Hint: "It comes back on the billing day."},
	{Status: http.StatusTooManyRequests, Contains: "per day", Kind: sdk.KindQuota, Message: "the allowance of this day is used up", Hint: "It comes back as the day passes; the service's console shows the limits per day."},          // OpenAI, Groq: "requests per day (RPD)"
	{Status: http.StatusTooManyRequests, Contains: "per-day", Kind: sdk.KindQuota, Message: "the allowance of this day is used up", Hint: "It comes back with the new day (UTC); credit on the account raises it."},                    // OpenRouter: "free-models-per-day"
	{Status: http.StatusTooManyRequests, Contains: "monthly usage limit", Kind: sdk.KindQuota, Message: "the plan's allowance of this month is used up", Hint: "It comes back with the new month."},                                    // Kimi
	{Contains: "reached your usage limit", Kind: sdk.KindQuota, Message: "the plan's allowance of this period is used up", Hint: "It comes back with the next period; the service's console shows when."},                              // Kimi
	{Status: http.StatusTooManyRequests, Contains: "will reset at", Kind: sdk.KindQuota, Message: "the plan's allowance of this period is used up", Hint: "It comes back at the time that the service names; a rate has no such one."}, // Z.AI and others
	{Code: "AllocationQuota.FreeTierOnly", Kind: sdk.KindQuota, Message: "the free tier of this model is used up", Hint: "Switch off the free-tier-only mode in the Model Studio console, or take another model."},
	{Code: "Arrearage", Kind: sdk.KindQuota, Message: arrears, Hint: hintPayment},
	{Contains: "account is in good standing", Kind: sdk.KindQuota, Message: arrears, Hint: hintPayment}, // DashScope
	{Code: "PrepaidBillOverdue", Kind: sdk.KindQuota, Message: "a prepaid bill is overdue", Hint: hintPayment},
	{Code: "PostpaidBillOverdue", Kind: sdk.KindQuota, Message: "a bill is overdue", Hint: hintPayment},
	{Contains: "insufficient balance", Kind: sdk.KindQuota, Message: "the account has no credit left"},            // DeepSeek
	{Contains: "balance is insufficient", Kind: sdk.KindQuota, Message: "the account has no credit left"},         // SiliconFlow
	{Contains: "credit balance is too low", Kind: sdk.KindQuota, Message: "the account has no credit left"},       // Anthropic
	{Code: "exceeded_current_quota_error", Kind: sdk.KindQuota, Message: "the account's allowance is used up"},    // Moonshot
	{Code: "billing_not_active", Kind: sdk.KindQuota, Message: "billing is not active for this account"},          // OpenAI
	{Code: "billing_hard_limit_reached", Kind: sdk.KindQuota, Message: "the account's spending limit is reached"}, // OpenAI
	// DashScope says this code also of rates, in words that come first. The same
	// words as OpenAI's are a rate there too; that is the dialect's to know.
	{Contains: "concurrency allocated quota exceeded", Kind: sdk.KindRateLimit, Retryable: true, Message: "too many requests at once", Hint: "Run fewer of them side by side."},
	{Contains: "usage allocated quota exceeded", Kind: sdk.KindRateLimit, Message: "too much was asked for in a short time", Hint: "It usually works again within the hour; spread large tasks out."},
	{Code: "insufficient_quota", Kind: sdk.KindQuota, Message: "the account's allowance is used up"},
}

// rateRules: too fast, or too busy. The same request succeeds later.
var rateRules = []ErrorRule{
	// One request that is larger than a whole minute's allowance never succeeds:
	// OpenAI with 429, Groq with 413.
	{Contains: "request too large for", Kind: sdk.KindRateLimit, Message: "the request holds more tokens than the account may send in a minute", Hint: hintShorten},
	{Contains: "tokens per min", Status: http.StatusTooManyRequests, Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyTokens},     // OpenAI, Groq
	{Contains: "token rate limit", Status: http.StatusTooManyRequests, Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyTokens},   // Azure
	{Contains: "tpm rate limit", Status: http.StatusTooManyRequests, Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyTokens},     // Tencent
	{Contains: "requests per min", Status: http.StatusTooManyRequests, Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyRequests}, // OpenAI, Groq
	{Contains: "call rate limit", Status: http.StatusTooManyRequests, Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyRequests},  // Azure
	{Code: "Throttling.AllocationQuota", Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyTokens},
	{Code: "Throttling.RateQuota", Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyRequests},
	{Code: "Throttling.BurstRate", Kind: sdk.KindRateLimit, Retryable: true, Message: "the number of requests rose too quickly"},
	{Code: "Throttling", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "LimitRequests", Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyRequests},
	{Code: "limit_requests", Kind: sdk.KindRateLimit, Retryable: true, Message: tooManyRequests},
	{Code: "limit_burst_rate", Kind: sdk.KindRateLimit, Retryable: true, Message: "the number of requests rose too quickly"},
	{Code: "engine_overloaded_error", Kind: sdk.KindOverloaded, Retryable: true}, // Moonshot, with 429
	{Contains: "engine is currently overloaded", Kind: sdk.KindOverloaded, Retryable: true},
	{Code: "rate_limit_reached_error", Kind: sdk.KindRateLimit, Retryable: true}, // Moonshot
	{Code: "rate_limit_exceeded", Kind: sdk.KindRateLimit, Retryable: true},
	{Status: http.StatusTooManyRequests, Code: "1302", Kind: sdk.KindRateLimit, Retryable: true},
	{Status: http.StatusTooManyRequests, Code: "1305", Kind: sdk.KindOverloaded, Retryable: true},
	{Contains: "throttled by", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "overloaded_error", Kind: sdk.KindOverloaded, Retryable: true},
	{Code: "server_overloaded", Kind: sdk.KindOverloaded, Retryable: true},
	{Code: "ModelServingError", Kind: sdk.KindOverloaded, Retryable: true},
}

// finishRules: finish reasons that are errors.
var finishRules = []ErrorRule{
	{Code: "insufficient_system_resource", Kind: sdk.KindOverloaded, Retryable: true, Message: "the service had no capacity to finish the answer"}, // DeepSeek
	{Code: "network_error", Kind: sdk.KindService, Retryable: true, Message: "the service failed within the answer"},                               // Z.AI
	{Code: "error_finish", Kind: sdk.KindService, Retryable: true, Message: "the service failed within the answer"},                                // DashScope
	{Code: "abort", Kind: sdk.KindIncomplete, Retryable: true, Message: "the service gave up within the answer"},                                   // vLLM
}

// identityRules: who asks, and what they may.
var identityRules = []ErrorRule{
	{Code: "invalid_api_key", Kind: sdk.KindUnauthenticated},
	{Code: "InvalidApiKey", Kind: sdk.KindUnauthenticated},
	{Status: http.StatusBadRequest, Contains: "api key not valid", Kind: sdk.KindUnauthenticated}, // Gemini
	{Code: "CommodityNotPurchased", Kind: sdk.KindPermission, Message: notActivated, Hint: hintActivate},
	{Code: "AccessDenied.Unpurchased", Kind: sdk.KindPermission, Message: notActivated, Hint: hintActivate},
	{Code: "Model.AccessDenied", Kind: sdk.KindPermission, Message: "the key's workspace may not use this model", Hint: "Ask for access to the model in the Model Studio console."},
	{Code: "Workspace.AccessDenied", Kind: sdk.KindPermission, Message: "the key may not use this workspace", Hint: "Take a key of that workspace, or one of the main account."},
	{Code: "Endpoint.AccessDenied", Kind: sdk.KindNotFound, Message: "the model is not offered any more"}, // DashScope, after retirement
	{Code: "unsupported_country_region_territory", Kind: sdk.KindPermission, Message: "the service does not answer from this country", Hint: "Its website lists the countries that it serves."},
}

// requestRules: what was asked for.
var requestRules = []ErrorRule{
	{Code: "context_length_exceeded", Kind: sdk.KindContextLength},
	{Contains: "maximum context length", Kind: sdk.KindContextLength},                                                    // OpenAI, vLLM, DeepSeek, OpenRouter, Mistral
	{Contains: "range of input length should be", Kind: sdk.KindContextLength},                                           // DashScope
	{Contains: "token length exceed model limit", Kind: sdk.KindContextLength},                                           // DashScope
	{Contains: "exceeds the available context size", Kind: sdk.KindContextLength},                                        // llama.cpp
	{Contains: "exceeds the context window", Kind: sdk.KindContextLength},                                                // OpenAI
	{Contains: "exceeded model token limit", Kind: sdk.KindContextLength},                                                // Kimi
	{Contains: "prompt is too long", Kind: sdk.KindContextLength},                                                        // Anthropic
	{Status: http.StatusBadRequest, Contains: "exceeds the maximum number of tokens", Kind: sdk.KindContextLength},       // Gemini
	{Code: "content_filter", Kind: sdk.KindContentFilter},                                                                // OpenAI, Azure, Kimi
	{Code: "ResponsibleAIPolicyViolation", Kind: sdk.KindContentFilter},                                                  // Azure
	{Code: "content_policy_violation", Kind: sdk.KindContentFilter},                                                      // OpenAI
	{Code: "DataInspectionFailed", Kind: sdk.KindContentFilter},                                                          // DashScope
	{Code: "data_inspection_failed", Kind: sdk.KindContentFilter},                                                        // DashScope
	{Code: "IPInfringementSuspect", Kind: sdk.KindContentFilter},                                                         // DashScope
	{Code: "CustomRoleBlocked", Kind: sdk.KindContentFilter},                                                             // DashScope
	{Contains: "content exists risk", Kind: sdk.KindContentFilter},                                                       // DeepSeek
	{Status: http.StatusUnavailableForLegalReasons, Kind: sdk.KindContentFilter, Message: "the content was not allowed"}, // StepFun
	{Code: "model_not_found", Kind: sdk.KindNotFound},
	{Code: "ModelNotFound", Kind: sdk.KindNotFound},
	{Code: "model_not_supported", Kind: sdk.KindNotFound},
	{Contains: "model not exist", Kind: sdk.KindNotFound, Message: "there is no such model"},                              // DashScope, DeepSeek, with 400
	{Contains: "is not a valid model id", Kind: sdk.KindNotFound, Message: "there is no such model"},                      // OpenRouter, with 400
	{Status: http.StatusBadRequest, Contains: "invalid model", Kind: sdk.KindNotFound, Message: "there is no such model"}, // Mistral
	{Code: "DeploymentNotFound", Kind: sdk.KindNotFound, Hint: "Check the deployment's name in the endpoint; a new deployment takes some minutes."},
	{Status: http.StatusNotFound, Contains: "model", Kind: sdk.KindNotFound, Hint: hintModel},
}
