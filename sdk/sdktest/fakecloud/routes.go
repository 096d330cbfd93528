package fakecloud

import (
	"net/http"
	"strings"
)

// routes returns the handler of the whole cloud.
func (c *Cloud) routes() http.Handler {
	service := http.NewServeMux()
	for prefix, check := range map[string]keyCheck{
		"/v1":                              c.checkOpenAI,
		"/openai/deployments/{deployment}": c.checkAzure,
		"/dashscope/v1":                    c.checkDashScope,
		"/coding/v1":                       c.checkCodingPlan,
		"/qwen/v1":                         c.checkToken,
	} {
		service.HandleFunc("POST "+prefix+"/chat/completions", guard(check, c.chat))
		service.HandleFunc("GET "+prefix+"/models", guard(check, c.listModels))
	}
	service.HandleFunc("GET /openai/models", guard(c.checkAzure, c.listModels))
	service.HandleFunc("POST /api/v1/oauth2/device/code", c.deviceCode)
	service.HandleFunc("POST /api/v1/oauth2/token", c.token)
	service.HandleFunc("GET /authorize", c.authorizePage)
	service.HandleFunc("POST /authorize", c.authorizeDecide)
	service.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, r, apiError{status: 404, kind: "invalid_request_error", message: "Invalid URL (" + r.Method + " " + r.URL.Path + ")"})
	})

	all := http.NewServeMux()
	all.Handle("/_control/", c.control())
	all.Handle("/", c.arrived.record(c.withPathFaults(service)))
	return all
}

// elsewhereHandler is the other origin: it takes whatever comes.
func (c *Cloud) elsewhereHandler() http.Handler {
	return c.astray.record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, object{"object": "list", "data": []any{}})
	}))
}

// withPathFaults applies the faults that name a path.
func (c *Cloud) withPathFaults(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := c.takeFault(r.URL.Path, false)
		if f == nil {
			next.ServeHTTP(w, r)
			return
		}
		if c.replace(w, r, f) {
			return
		}
		if f.Kind == FaultSlowHeaders {
			next.ServeHTTP(w, r)
			return
		}
		// What is left breaks a body: take the real one and break it.
		real := newBuffer()
		next.ServeHTTP(real, r)
		out := real.rendering()
		f.apply(out)
		c.deliver(w, r, out)
	})
}

// A keyCheck looks at the credential of a request; nil means it is good.
type keyCheck func(r *http.Request) *apiError

func guard(check keyCheck, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if e := check(r); e != nil {
			writeError(w, r, *e)
			return
		}
		next(w, r)
	}
}

func bearer(r *http.Request) string {
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return key
	}
	return ""
}

func (c *Cloud) checkOpenAI(r *http.Request) *apiError {
	switch key := bearer(r); {
	case key == "":
		return &apiError{status: 401, kind: "invalid_request_error", message: "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth."}
	case !c.accepts(key):
		return &apiError{status: 401, kind: "invalid_request_error", code: "invalid_api_key", message: "Incorrect API key provided: " + mask(key) + "."}
	}
	return nil
}

// mask shows of a key what OpenAI's error messages show.
func mask(key string) string {
	if len(key) < 12 {
		return "****"
	}
	return key[:4] + "****" + key[len(key)-4:]
}

func (c *Cloud) checkAzure(r *http.Request) *apiError {
	if !c.accepts(r.Header.Get("Api-Key")) {
		return &apiError{status: 401, code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}
	}
	if r.URL.Query().Get("api-version") == "" {
		return &apiError{status: 404, code: "404", message: "Resource not found"}
	}
	return nil
}

// planPrefix is how the keys of subscriptions begin.
const planPrefix = "sk-sp-"

func (c *Cloud) checkDashScope(r *http.Request) *apiError {
	switch key := bearer(r); {
	case strings.HasPrefix(key, planPrefix):
		return &apiError{status: 403, kind: "invalid_request_error", code: "invalid_api_key", message: "invalid api-key"}
	case !c.accepts(key):
		return &apiError{status: 401, kind: "invalid_request_error", code: "invalid_api_key", message: "Incorrect API key provided."}
	}
	return nil
}

func (c *Cloud) checkCodingPlan(r *http.Request) *apiError {
	if key := bearer(r); !strings.HasPrefix(key, planPrefix) || !c.accepts(key) {
		return badToken()
	}
	return nil
}

func (c *Cloud) checkToken(r *http.Request) *apiError {
	if !c.oauth.valid(bearer(r)) {
		return badToken()
	}
	return nil
}

func badToken() *apiError {
	return &apiError{status: 401, kind: "invalid_request_error", code: "invalid_api_key", message: "invalid access token or token expired"}
}
