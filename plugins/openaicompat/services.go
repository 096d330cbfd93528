package openaicompat

import (
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// A known service is one that does something differently, or is to be recognised.
type known struct {
	id string

	// hosts are matched against the host of the parsed endpoint, never against its
	// text: as they are, or with a leading dot as the end of the host's name.
	hosts []string

	// port recognises a server on this machine by the port it listens on unless
	// told otherwise.
	port string

	// public says that this is a service on the internet other than Alibaba's: no
	// place for a key of an Alibaba plan.
	public bool

	header  map[string]string
	dialect openaiapi.Dialect
}

// knownServices is the table of differences. Where a source is not given it is the
// service's chat-completions reference, linked at the entry.
var knownServices = []known{
	{
		// https://platform.openai.com/docs/api-reference/chat/create: max_tokens is
		// deprecated and refused by reasoning models; metadata needs store; top_k and
		// min_p are unknown and refused.
		id: "openai", hosts: []string{"api.openai.com"}, public: true,
		dialect: openaiapi.Dialect{
			Name: "OpenAI", DeveloperRole: true,
			Rename: map[string]string{"max_tokens": "max_completion_tokens"},
			Omit:   []string{"top_k", "min_p", "metadata"},
		},
	},
	{
		// https://learn.microsoft.com/azure/ai-services/openai/reference
		id: "azure", public: true,
		hosts: []string{".openai.azure.com", ".openai.azure.us", ".openai.azure.cn", ".cognitiveservices.azure.com", ".services.ai.azure.com"},
		dialect: openaiapi.Dialect{
			Name: "Azure OpenAI", DeveloperRole: true,
			Rename: map[string]string{"max_tokens": "max_completion_tokens"},
			Omit:   []string{"top_k", "min_p", "metadata"},
			Rules: []openaiapi.ErrorRule{
				{Status: 401, Kind: sdk.KindUnauthenticated, Hint: "An Azure key belongs to one resource: check that the endpoint names the same one."},
				{Status: 404, Contains: "resource not found", Kind: sdk.KindNotFound, Hint: "Check the deployment's name and the api-version in the endpoint."},
			},
		},
	},
	{
		// https://openrouter.ai/docs/api-reference/overview, …/use-cases/reasoning-tokens,
		// …/api-reference/limits (GET /key; the list of models needs no key),
		// …/app-attribution (the headers; ours say what we are).
		id: "openrouter", hosts: []string{"openrouter.ai", ".openrouter.ai"}, public: true,
		header: map[string]string{"HTTP-Referer": homepage, "X-Title": "qwen"},
		dialect: openaiapi.Dialect{
			Name: "OpenRouter", Thinking: openaiapi.ThinkingReasoning, ReasoningDetails: true, FileURL: true, VerifyPath: "key",
			Omit: []string{"metadata"},
		},
	},
	{
		// https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api; the
		// plans' hosts speak the same dialect.
		id:    "dashscope",
		hosts: []string{"dashscope.aliyuncs.com", ".dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com", ".maas.aliyuncs.com"},
		dialect: openaiapi.Dialect{
			Name: "DashScope", Thinking: openaiapi.ThinkingEnable, AudioURL: true,
			Rules: []openaiapi.ErrorRule{
				{Status: 403, Contains: "invalid api-key", Kind: sdk.KindUnauthenticated,
					Hint: "Keys that begin with sk-sp- are for a plan's own endpoint only: use the provider coding-plan for them."},
				{Status: 401, Contains: "invalid access token or token expired", Kind: sdk.KindUnauthenticated,
					Hint: "A plan's endpoint takes only the plan's key (sk-sp-…) of the same region, and only while the plan is paid for."},
				{Status: 401, Kind: sdk.KindUnauthenticated,
					Hint: "Check that the key is complete, and made in the region of the endpoint: Beijing, Singapore and the US have keys of their own."},
				// https://help.aliyun.com/zh/model-studio/error-code gives OpenAI's words
				// and code for an empty account to tokens per second and minute.
				{Status: 429, Code: "insufficient_quota", Contains: "exceeded your current quota", Kind: sdk.KindRateLimit, Retryable: true,
					Message: "too many tokens in this minute"},
			},
		},
	},
	{
		// https://modelscope.cn/docs/model-service/API-Inference/intro
		id: "modelscope", hosts: []string{"api-inference.modelscope.cn", "api-inference.modelscope.ai"},
		dialect: openaiapi.Dialect{Name: "ModelScope", Thinking: openaiapi.ThinkingEnable},
	},
	{
		// https://api-docs.deepseek.com/api/create-chat-completion and
		// …/guides/thinking_mode: text only, no schema, and in thinking mode every
		// assistant message comes with its reasoning_content.
		id: "deepseek", hosts: []string{"api.deepseek.com"}, public: true,
		dialect: openaiapi.Dialect{
			Name: "DeepSeek", TextOnly: true, NoSchema: true, Thinking: openaiapi.ThinkingObject,
			ReasoningField: "reasoning_content", ReasoningAlways: true,
			Omit: []string{"top_k", "min_p", "seed", "logit_bias", "parallel_tool_calls", "metadata"},
		},
	},
	{
		// https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model
		id: "moonshot", hosts: []string{"api.moonshot.ai", "api.moonshot.cn"}, public: true,
		dialect: openaiapi.Dialect{Name: "Moonshot", Thinking: openaiapi.ThinkingObject, ReasoningField: "reasoning_content"},
	},
	{
		// https://docs.z.ai/api-reference/llm/chat-completion and …/api-reference/api-code
		id: "zai", hosts: []string{"api.z.ai", "open.bigmodel.cn"}, public: true,
		dialect: openaiapi.Dialect{
			Name: "Z.AI", NoSchema: true, Thinking: openaiapi.ThinkingObject,
			Rules: []openaiapi.ErrorRule{
				{Code: "1113", Kind: sdk.KindQuota, Message: "the account is in arrears", Hint: "Top up the account, or use the endpoint of your plan."},
				{Code: "1211", Kind: sdk.KindNotFound},
				{Code: "1261", Kind: sdk.KindContextLength},
				{Code: "1300", Kind: sdk.KindContentFilter},
				{Code: "1301", Kind: sdk.KindContentFilter},
				{Code: "1302", Kind: sdk.KindRateLimit, Retryable: true, Message: "too many requests at once"},
				{Code: "1303", Kind: sdk.KindRateLimit, Retryable: true},
				{Code: "1304", Kind: sdk.KindQuota, Message: "the allowance of this day is used up", Hint: "It comes back with the new day."},
				{Code: "1308", Kind: sdk.KindQuota, Message: "the plan's allowance of the current hours is used up", Hint: "The service names the time at which it comes back."},
				{Code: "1309", Kind: sdk.KindPermission, Message: "the plan has expired", Hint: "Renew it on the service's website, or use the general endpoint with its own key."},
				{Code: "1310", Kind: sdk.KindQuota, Message: "the plan's allowance of this week or month is used up", Hint: "The service names the time at which it comes back."},
				{Code: "1311", Kind: sdk.KindNotFound, Message: "the plan does not have this model"},
				{Code: "1312", Kind: sdk.KindOverloaded, Retryable: true},
				{Code: "1313", Kind: sdk.KindPermission, Message: "the service objects to how the account is used", Hint: "Its usage policy and support know more; more requests make it worse."},
			},
		},
	},
	{
		// https://platform.minimax.io/docs/api-reference/text-openai-api: thoughts come
		// in the content, between tags.
		id: "minimax", hosts: []string{"api.minimax.io", "api.minimaxi.com"}, public: true,
		dialect: openaiapi.Dialect{Name: "MiniMax", ThinkTags: true},
	},
	{
		// https://docs.mistral.ai/api/#tag/chat; unknown fields are refused with 422,
		// stream_options among them (https://github.com/yetone/avante.nvim/issues/2347).
		id: "mistral", hosts: []string{"api.mistral.ai", "codestral.mistral.ai"}, public: true,
		dialect: openaiapi.Dialect{
			Name:   "Mistral",
			Rename: map[string]string{"seed": "random_seed"},
			Omit:   []string{"stream_options", "top_k", "min_p", "logit_bias", "logprobs", "top_logprobs", "metadata"},
		},
	},
	{
		// https://docs.ollama.com/api/openai-compatibility: the fields it lists. Models
		// without a template for thoughts print the tags.
		id: "ollama", hosts: []string{"ollama.com"}, port: "11434",
		dialect: openaiapi.Dialect{
			Name: "Ollama", Thinking: openaiapi.ThinkingEffortNone, ThinkTags: true,
			Omit: []string{"top_k", "min_p", "logit_bias", "parallel_tool_calls", "metadata"},
		},
	},
	{
		// https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html and
		// …/features/reasoning_outputs.html: without --reasoning-parser the tags are text.
		id: "vllm", port: "8000",
		dialect: openaiapi.Dialect{Name: "vLLM", Thinking: openaiapi.ThinkingTemplate, ThinkTags: true},
	},
	{
		// https://lmstudio.ai/docs/app/api/endpoints/openai
		id: "lmstudio", port: "1234",
		dialect: openaiapi.Dialect{Name: "LM Studio", ThinkTags: true},
	},
	// Recognised, nothing different.
	{id: "groq", hosts: []string{"api.groq.com"}, public: true, dialect: openaiapi.Dialect{Name: "Groq"}},
	{id: "together", hosts: []string{"api.together.xyz"}, public: true, dialect: openaiapi.Dialect{Name: "Together"}},
	{id: "fireworks", hosts: []string{"api.fireworks.ai"}, public: true, dialect: openaiapi.Dialect{Name: "Fireworks"}},
	{id: "gemini", hosts: []string{"generativelanguage.googleapis.com"}, public: true, dialect: openaiapi.Dialect{Name: "Gemini"}},
	{id: "anthropic", hosts: []string{"api.anthropic.com"}, public: true, dialect: openaiapi.Dialect{Name: "Anthropic"}},
	{id: "xai", hosts: []string{"api.x.ai"}, public: true, dialect: openaiapi.Dialect{Name: "xAI"}},
	{id: "siliconflow", hosts: []string{"api.siliconflow.cn", "api.siliconflow.com"}, public: true, dialect: openaiapi.Dialect{Name: "SiliconFlow"}},
}

// lookup returns the known service at u, or one without differences.
func lookup(u *url.URL) known {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	for _, k := range knownServices {
		for _, h := range k.hosts {
			if host == h || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h) && len(host) > len(h) {
				return k
			}
		}
		if k.port != "" && k.port == port && isLoopback(host) {
			return k
		}
	}
	return known{}
}

// byID returns the known service with an id.
func byID(id string) (known, bool) {
	for _, k := range knownServices {
		if k.id == id {
			return k, true
		}
	}
	return known{}, false
}

// presets are the services that the sign-in offers.
func presets() []sdk.Preset {
	return []sdk.Preset{
		{ID: "openai", Label: "OpenAI", Endpoint: defaultEndpoint, CredentialEnv: keyVariable, DefaultModel: defaultModel, KeyPrefix: "sk-", KeyURL: "https://platform.openai.com/api-keys"},
		{ID: "azure", Label: "Azure OpenAI", CredentialEnv: "AZURE_OPENAI_API_KEY", KeyURL: "https://ai.azure.com"},
		{ID: "openrouter", Label: "OpenRouter", Endpoint: "https://openrouter.ai/api/v1", CredentialEnv: "OPENROUTER_API_KEY", DefaultModel: "qwen/qwen3-coder", KeyPrefix: "sk-or-", KeyURL: "https://openrouter.ai/settings/keys"},
		{ID: "modelscope", Label: "ModelScope", Endpoint: "https://api-inference.modelscope.cn/v1", CredentialEnv: "MODELSCOPE_API_KEY", DefaultModel: "Qwen/Qwen3-Coder-480B-A35B-Instruct", KeyPrefix: "ms-", KeyURL: "https://modelscope.cn/my/myaccesstoken"},
		{ID: "dashscope", Label: "Alibaba Cloud Model Studio (Beijing)", Endpoint: "https://dashscope.aliyuncs.com/compatible-mode/v1", CredentialEnv: "DASHSCOPE_API_KEY", DefaultModel: "qwen3-coder-plus", KeyPrefix: "sk-", KeyURL: "https://bailian.console.aliyun.com/?tab=model#/api-key"},
		{ID: "dashscope-intl", Label: "Alibaba Cloud Model Studio (Singapore)", Endpoint: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", CredentialEnv: "DASHSCOPE_API_KEY", DefaultModel: "qwen3-coder-plus", KeyPrefix: "sk-", KeyURL: "https://modelstudio.console.alibabacloud.com/?tab=playground#/api-key"},
		{ID: "dashscope-us", Label: "Alibaba Cloud Model Studio (US)", Endpoint: "https://dashscope-us.aliyuncs.com/compatible-mode/v1", CredentialEnv: "DASHSCOPE_API_KEY", DefaultModel: "qwen-plus-us", KeyPrefix: "sk-", KeyURL: "https://modelstudio.console.alibabacloud.com/?tab=playground#/api-key"},
		{ID: "deepseek", Label: "DeepSeek", Endpoint: "https://api.deepseek.com", CredentialEnv: "DEEPSEEK_API_KEY", DefaultModel: "deepseek-v4-pro", KeyPrefix: "sk-", KeyURL: "https://platform.deepseek.com/api_keys"},
		{ID: "moonshot", Label: "Moonshot (Kimi)", Endpoint: "https://api.moonshot.ai/v1", CredentialEnv: "MOONSHOT_API_KEY", DefaultModel: "kimi-k2.5", KeyPrefix: "sk-", KeyURL: "https://platform.moonshot.ai/console/api-keys"},
		{ID: "zai", Label: "Z.AI", Endpoint: "https://api.z.ai/api/paas/v4", CredentialEnv: "ZAI_API_KEY", DefaultModel: "glm-5", KeyURL: "https://z.ai/manage-apikey/apikey-list"},
		{ID: "ollama", Label: "Ollama (on this machine)", Endpoint: "http://localhost:11434/v1", NoKey: true},
		{ID: "lmstudio", Label: "LM Studio (on this machine)", Endpoint: "http://localhost:1234/v1", NoKey: true},
		{ID: "vllm", Label: "vLLM (on this machine)", Endpoint: "http://localhost:8000/v1", NoKey: true},
	}
}

// presetFor returns the preset whose host and port an endpoint has.
func presetFor(endpoint string) (sdk.Preset, bool) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return sdk.Preset{}, false
	}
	for _, p := range presets() {
		if at, err := url.Parse(p.Endpoint); err == nil && at.Host != "" && strings.EqualFold(at.Host, u.Host) {
			return p, true
		}
	}
	if lookup(u).id == "azure" {
		return presetByID("azure")
	}
	return sdk.Preset{}, false
}

func presetByID(id string) (sdk.Preset, bool) {
	for _, p := range presets() {
		if p.ID == id {
			return p, true
		}
	}
	return sdk.Preset{}, false
}
