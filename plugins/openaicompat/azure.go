package openaicompat

import (
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// azureVersion is the last dated version of Azure's API; its successor, /openai/v1,
// needs none (https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle).
const azureVersion = "2024-10-21"

// azure adapts a service to Azure OpenAI. An endpoint comes in three forms:
//
//	https://NAME.openai.azure.com/openai/v1                the model is named in the body
//	https://NAME.openai.azure.com/openai/deployments/D     the dated API, with ?api-version=
//	https://NAME.openai.azure.com                          as the portal shows it
//
// The last one becomes the first, or the second if an api-version is set.
func azure(svc *openaiapi.Service, u *url.URL, model, version string) {
	if svc.KeyHeader == "" && !isToken(svc.Key.Reveal()) {
		svc.KeyHeader = "api-key"
	}
	if version != "" {
		svc.Query.Set("api-version", version)
	}
	path := strings.Trim(u.Path, "/")
	dated := svc.Query.Get("api-version") != "" && svc.Query.Get("api-version") != "preview"
	switch {
	case strings.HasPrefix(path, "openai/deployments/"):
		deployment(svc)
	case path != "" && path != "openai": // /openai/v1, or a gateway's own path
	case dated:
		svc.BaseURL = root(u).JoinPath("openai", "deployments", url.PathEscape(model)).String()
		deployment(svc)
	default:
		svc.BaseURL = root(u).JoinPath("openai", "v1").String()
	}
}

// root returns u without its path.
func root(u *url.URL) *url.URL { return &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host} }

// deployment completes a service whose base URL ends in a deployment.
func deployment(svc *openaiapi.Service) {
	if svc.Query.Get("api-version") == "" {
		svc.Query.Set("api-version", azureVersion)
	}
	svc.ModelsPath = "../../models"
}

// isToken reports whether a credential is a token of Microsoft Entra, a JWT (RFC
// 7519), which goes into Authorization, rather than a key.
func isToken(key string) bool {
	return strings.HasPrefix(key, "eyJ") && strings.Count(key, ".") == 2
}
