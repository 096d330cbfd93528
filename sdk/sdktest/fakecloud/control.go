package fakecloud

import (
	"encoding/json"
	"net/http"
	"time"
)

// control returns the handler of the control endpoints; see the package
// documentation.
func (c *Cloud) control() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /_control/requests", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, c.Requests())
	})
	m.HandleFunc("GET /_control/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, c.Elsewhere())
	})
	m.HandleFunc("POST /_control/reset", func(w http.ResponseWriter, r *http.Request) {
		c.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	m.HandleFunc("POST /_control/fault", set(c.Fault))
	m.HandleFunc("POST /_control/script", set(func(list []Answer) { c.Script(list...) }))
	m.HandleFunc("POST /_control/rate", set(c.SetRate))
	m.HandleFunc("POST /_control/keys", set(func(list []string) { c.SetKeys(list...) }))
	m.HandleFunc("POST /_control/oauth", set(c.SetOAuth))
	m.HandleFunc("POST /_control/approve", decide(c.Approve))
	m.HandleFunc("POST /_control/deny", decide(c.Deny))
	m.HandleFunc("POST /_control/token", c.controlToken)
	return m
}

// set returns a handler that hands the request's JSON body to f.
func set[T any](f func(T)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var v T
		dec := json.NewDecoder(r.Body)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&v); err != nil {
			http.Error(w, "fakecloud: "+err.Error(), http.StatusBadRequest)
			return
		}
		f(v)
		w.WriteHeader(http.StatusNoContent)
	}
}

func decide(f func(userCode string) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !f(r.URL.Query().Get("user_code")) {
			http.Error(w, "fakecloud: no sign-in waits", http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// controlToken issues a token in the form of Qwen's credential file.
func (c *Cloud) controlToken(w http.ResponseWriter, r *http.Request) {
	t := c.IssueToken()
	writeJSON(w, http.StatusOK, object{
		"access_token": t.Access, "refresh_token": t.Refresh, "token_type": "Bearer",
		"resource_url": c.Qwen(), "expiry_date": t.Expires.UnixNano() / int64(time.Millisecond),
	})
}
