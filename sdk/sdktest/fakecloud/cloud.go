package fakecloud

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Cloud is a running fake service. All methods may be called at any time, by
// several goroutines.
type Cloud struct {
	url       string // of the service
	elsewhere string // of the other origin, where redirects lead
	servers   []*http.Server
	handler   http.Handler
	delay     time.Duration
	done      chan struct{} // closed by Close
	closeOnce sync.Once

	arrived   journal // at the service
	astray    journal // at the other origin
	oauth     oauthServer
	rate      rateLimit
	bigAnswer sync.Map // number of chunks → rendered

	mu     sync.Mutex
	keys   []string
	models []string
	script []Answer
	faults []Fault
	flaky  map[string]bool // models that have failed once
	number int             // of chat requests so far
}

// An Option changes how a Cloud starts.
type Option func(*config)

type config struct {
	addr  string
	delay time.Duration
}

// WithAddr listens on addr in place of a free port of 127.0.0.1.
func WithAddr(addr string) Option { return func(c *config) { c.addr = addr } }

// WithDelay waits before each chunk of every answer that says nothing else.
func WithDelay(d time.Duration) Option { return func(c *config) { c.delay = d } }

// New starts a cloud. Like [net/http/httptest.NewServer] it panics if it cannot
// listen; see [Listen].
func New(opts ...Option) *Cloud {
	c, err := Listen(opts...)
	if err != nil {
		panic(fmt.Sprintf("fakecloud: %v", err))
	}
	return c
}

// Listen starts a cloud, or says why it cannot.
func Listen(opts ...Option) (*Cloud, error) {
	cfg := config{addr: "127.0.0.1:0"}
	for _, o := range opts {
		o(&cfg)
	}
	service, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return nil, err
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = service.Close()
		return nil, err
	}
	c := newCloud(cfg)
	c.url = "http://" + service.Addr().String()
	c.elsewhere = "http://" + other.Addr().String()
	c.serve(service, c.handler)
	c.serve(other, c.elsewhereHandler())
	return c, nil
}

// Unstarted returns a cloud that listens nowhere and is reached by
// [Cloud.Client] only. Its URL is made up.
func Unstarted(opts ...Option) *Cloud {
	var cfg config
	for _, o := range opts {
		o(&cfg)
	}
	c := newCloud(cfg)
	c.url = "http://127.0.0.1:1"
	c.elsewhere = "http://127.0.0.1:2"
	return c
}

func newCloud(cfg config) *Cloud {
	c := &Cloud{delay: cfg.delay, done: make(chan struct{})}
	c.handler = c.routes()
	c.Reset()
	return c
}

func (c *Cloud) serve(l net.Listener, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	c.servers = append(c.servers, s)
	go func() { _ = s.Serve(l) }()
}

// Close stops the cloud and breaks off whatever it was sending.
func (c *Cloud) Close() {
	c.closeOnce.Do(func() {
		close(c.done)
		for _, s := range c.servers {
			_ = s.Close()
		}
	})
}

// Reset forgets requests, scripts, faults, keys, models, the rate and OAuth state.
func (c *Cloud) Reset() {
	c.mu.Lock()
	c.keys, c.script, c.faults = nil, nil, nil
	c.models = []string{"fake-large", "fake-small", "qwen3-coder-plus", "coder-model"}
	c.flaky = map[string]bool{}
	c.number = 0
	c.mu.Unlock()
	c.arrived.reset()
	c.astray.reset()
	c.oauth.reset()
	c.rate.set(Rate{})
}

// URL returns the origin of the cloud, "http://127.0.0.1:PORT".
func (c *Cloud) URL() string { return c.url }

// OpenAI returns the base URL of the OpenAI service.
func (c *Cloud) OpenAI() string { return c.url + "/v1" }

// Azure returns the endpoint of the Azure OpenAI resource: its origin.
func (c *Cloud) Azure() string { return c.url }

// DashScope returns the base URL of the service with DashScope's errors.
func (c *Cloud) DashScope() string { return c.url + "/dashscope/v1" }

// CodingPlan returns the base URL of the service that takes sk-sp- keys only.
func (c *Cloud) CodingPlan() string { return c.url + "/coding/v1" }

// Qwen returns the base URL of the service that takes OAuth access tokens.
func (c *Cloud) Qwen() string { return c.url + "/qwen/v1" }

// OAuthURL returns the OAuth issuer: the part before /api/v1/oauth2.
func (c *Cloud) OAuthURL() string { return c.url }

// ElsewhereURL returns the other origin, to which [FaultRedirect] leads.
func (c *Cloud) ElsewhereURL() string { return c.elsewhere }

// SetKeys sets the API keys that are accepted. Without keys, as at first, any
// key is accepted that is not empty.
func (c *Cloud) SetKeys(keys ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = slices.Clone(keys)
}

// SetModels sets what the models endpoints list. It does not limit which model
// can be asked.
func (c *Cloud) SetModels(ids ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.models = slices.Clone(ids)
}

// Script sets the answers of the chat services, one for each request; the last
// one stays. A script goes before the model's name. Without answers the
// built-in ones come back.
func (c *Cloud) Script(answers ...Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.script = slices.Clone(answers)
}

// Fault adds a fault. The first one that fits a request and is not used up is
// applied to it; a fault goes before the model's name.
func (c *Cloud) Fault(f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, f.withDefaults())
}

// ClearFaults removes all faults.
func (c *Cloud) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// takeFault returns the fault for a request to path, or nil, and counts it.
func (c *Cloud) takeFault(path string, chat bool) *Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, f := range c.faults {
		if !f.fits(path, chat) {
			continue
		}
		if f.Times > 0 {
			if c.faults[i].Times--; c.faults[i].Times == 0 {
				c.faults = slices.Delete(c.faults, i, i+1)
			}
		}
		return &f
	}
	return nil
}

// nextAnswer returns the scripted answer for the next chat request, if any, and
// the request's number.
func (c *Cloud) nextAnswer() (answer *Answer, number int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.number++
	if len(c.script) == 0 {
		return nil, c.number
	}
	a := c.script[0]
	if len(c.script) > 1 {
		c.script = c.script[1:]
	}
	return &a, c.number
}

// failOnce reports whether model is asked for the first time.
func (c *Cloud) failOnce(model string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.flaky[model]
	c.flaky[model] = true
	return first
}

// accepts reports whether key is one of the accepted keys.
func (c *Cloud) accepts(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.keys) == 0 {
		return key != ""
	}
	return slices.Contains(c.keys, key)
}
