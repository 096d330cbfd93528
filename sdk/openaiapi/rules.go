package openaiapi

import (
	"net/http"

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
		return ErrorRule{Kind: sdk.KindPermission, Message: "the key is not allowed to do this"}
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
		return ErrorRule{Kind: sdk.KindRateLimit, Retryable: true, Message: "too many requests"}
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

const (
	hintKey     = "Check that the key is complete, still valid, and for this endpoint."
	hintBilling = "Look at plan and billing on the service's website."
	hintShorten = "Start a new conversation, or send less."
	hintModel   = `See "qwen models" for what this endpoint offers; names are case-sensitive.`
	hintPayment = "Settle the bill in the Alibaba Cloud console."
)

// commonRules are errors that more than one service sends, in the order in which
// they are tried: all the ways to be out of allowance look alike by status, so the
// words come first. Sources:
//
//   - OpenAI: https://platform.openai.com/docs/guides/error-codes
//   - DashScope: https://www.alibabacloud.com/help/en/model-studio/error-code
//   - Azure: https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter
//   - DeepSeek: https://api-docs.deepseek.com/quick_start/error_codes
//   - Z.AI: https://docs.z.ai/api-reference/api-code
var commonRules = []ErrorRule{
	// An allowance that is used up: waiting a minute does not help.
	{Contains: "free allocated quota exceeded", Kind: sdk.KindQuota, Message: "the free allowance is used up", Hint: hintBilling},
	{Contains: "hour allocated quota exceeded", Kind: sdk.KindQuota, Message: "the allowance of the plan's current hours is used up", Hint: "It comes back as the window moves on."},
	{Contains: "week allocated quota exceeded", Kind: sdk.KindQuota, Message: "the plan's allowance of this week is used up", Hint: "It comes back with the new week."},
	{Contains: "month allocated quota exceeded", Kind: sdk.KindQuota, Message: "the plan's allowance of this month is used up", Hint: "It comes back on the billing day."},
	{Code: "AllocationQuota.FreeTierOnly", Kind: sdk.KindQuota, Message: "the free tier of this model is used up", Hint: "Switch off the free-tier-only mode in the Model Studio console, or take another model."},
	{Code: "insufficient_quota", Kind: sdk.KindQuota, Hint: hintBilling},
	{Code: "billing_not_active", Kind: sdk.KindQuota, Hint: hintBilling},
	{Code: "billing_hard_limit_reached", Kind: sdk.KindQuota, Hint: hintBilling},
	{Code: "Arrearage", Kind: sdk.KindQuota, Message: "the account is in arrears", Hint: hintPayment},
	{Code: "PrepaidBillOverdue", Kind: sdk.KindQuota, Message: "a prepaid bill is overdue", Hint: hintPayment},
	{Code: "PostpaidBillOverdue", Kind: sdk.KindQuota, Message: "a bill is overdue", Hint: hintPayment},
	{Code: "CommodityNotPurchased", Kind: sdk.KindPermission, Message: "the service is not activated for this account", Hint: "Activate Model Studio in the Alibaba Cloud console."},
	{Contains: "insufficient balance", Kind: sdk.KindQuota, Hint: hintBilling},

	// Too fast: the same request succeeds later. DashScope says "Allocated quota
	// exceeded" also of tokens per minute.
	{Code: "Throttling.AllocationQuota", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "Throttling.RateQuota", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "Throttling.BurstRate", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "Throttling", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "LimitRequests", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "limit_requests", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "limit_burst_rate", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "rate_limit_exceeded", Kind: sdk.KindRateLimit, Retryable: true},
	{Status: 429, Code: "1302", Kind: sdk.KindRateLimit, Retryable: true},
	{Status: 429, Code: "1305", Kind: sdk.KindOverloaded, Retryable: true},
	{Contains: "throttled by", Kind: sdk.KindRateLimit, Retryable: true},
	{Code: "overloaded_error", Kind: sdk.KindOverloaded, Retryable: true},
	{Code: "server_overloaded", Kind: sdk.KindOverloaded, Retryable: true},
	{Code: "ModelServingError", Kind: sdk.KindOverloaded, Retryable: true},

	// Finish reasons that are errors.
	{Code: "insufficient_system_resource", Kind: sdk.KindOverloaded, Retryable: true, Message: "the service had no capacity to finish the answer"}, // DeepSeek
	{Code: "network_error", Kind: sdk.KindService, Retryable: true, Message: "the service failed within the answer"},                               // Z.AI
	{Code: "error_finish", Kind: sdk.KindService, Retryable: true, Message: "the service failed within the answer"},                                // DashScope
	{Code: "abort", Kind: sdk.KindIncomplete, Retryable: true, Message: "the service gave up within the answer"},                                   // vLLM

	// Who asks.
	{Code: "invalid_api_key", Kind: sdk.KindUnauthenticated, Hint: hintKey},
	{Code: "InvalidApiKey", Kind: sdk.KindUnauthenticated, Hint: hintKey},
	{Status: 400, Contains: "api key not valid", Kind: sdk.KindUnauthenticated, Hint: hintKey}, // Gemini
	{Code: "Model.AccessDenied", Kind: sdk.KindPermission, Hint: "Ask for access to the model in the Model Studio console."},
	{Code: "unsupported_country_region_territory", Kind: sdk.KindPermission},

	// What was asked for.
	{Code: "context_length_exceeded", Kind: sdk.KindContextLength, Hint: hintShorten},
	{Contains: "maximum context length", Kind: sdk.KindContextLength, Hint: hintShorten},
	{Contains: "range of input length should be", Kind: sdk.KindContextLength, Hint: hintShorten},
	{Contains: "exceeds the available context size", Kind: sdk.KindContextLength, Hint: hintShorten}, // llama.cpp
	{Code: "content_filter", Kind: sdk.KindContentFilter},
	{Code: "ResponsibleAIPolicyViolation", Kind: sdk.KindContentFilter},
	{Code: "content_policy_violation", Kind: sdk.KindContentFilter},
	{Code: "DataInspectionFailed", Kind: sdk.KindContentFilter},
	{Code: "data_inspection_failed", Kind: sdk.KindContentFilter},
	{Code: "model_not_found", Kind: sdk.KindNotFound, Hint: hintModel},
	{Code: "ModelNotFound", Kind: sdk.KindNotFound, Hint: hintModel},
	{Code: "model_not_supported", Kind: sdk.KindNotFound, Hint: hintModel},
	{Code: "DeploymentNotFound", Kind: sdk.KindNotFound, Hint: "Check the deployment's name in the endpoint; a new deployment takes some minutes."},
	{Status: 404, Contains: "model", Kind: sdk.KindNotFound, Hint: hintModel},
}
