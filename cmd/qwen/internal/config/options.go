package config

import (
	"fmt"
	"time"

	"github.com/spf13/viper"
)

// Options are the values that shape an answer and the program, ready for use. A
// nil pointer or a zero duration means that nothing was said.
type Options struct {
	Temperature  *float64      `mapstructure:"temperature"`
	TopP         *float64      `mapstructure:"top-p"`
	MaxTokens    *int64        `mapstructure:"max-tokens"`
	Seed         *int64        `mapstructure:"seed"`
	Stop         []string      `mapstructure:"stop"`
	SystemPrompt string        `mapstructure:"system-prompt"`
	Timeout      time.Duration `mapstructure:"timeout"`      // longest wait for the first byte
	IdleTimeout  time.Duration `mapstructure:"idle-timeout"` // longest silence within an answer
	MaxRetries   int           `mapstructure:"max-retries"`  // times that a request is sent again
	RetryBudget  time.Duration `mapstructure:"retry-budget"` // after the first request
	Pacing       string        `mapstructure:"pacing"`       // "on", "off", or a rate

	MaxRequests    int64 `mapstructure:"max-requests"`     // of this run; 0: any number, as with the next three
	MaxTokensTotal int64 `mapstructure:"max-tokens-total"` // of this run
	RequestsPerDay int64 `mapstructure:"requests-per-day"`
	TokensPerDay   int64 `mapstructure:"tokens-per-day"`

	Fallback     []string `mapstructure:"fallback"` // names, or lists of names with commas
	OutputFormat string   `mapstructure:"output-format"`
	LogLevel     string   `mapstructure:"log-level"`
	Color        string   `mapstructure:"color"`
	AllowHTTP    bool     `mapstructure:"allow-http"`

	Proxy      string `mapstructure:"proxy"`       // "" for what the standard variables say, [ProxyOff] for none
	CAFile     string `mapstructure:"ca-file"`     // path, as it was given
	ClientCert string `mapstructure:"client-cert"` // likewise
	ClientKey  string `mapstructure:"client-key"`  // likewise

	Background string `mapstructure:"background"` // of the terminal
	Plain      bool   `mapstructure:"plain"`      // nothing in the chat is painted over
	Notify     string `mapstructure:"notify"`     // what tells that an answer is there
	Save       bool   `mapstructure:"save"`       // conversations are kept

	CredentialStore string `mapstructure:"credential-store"`

	Usage      bool   `mapstructure:"usage"`       // requests are recorded
	UsagePlan  string `mapstructure:"usage-plan"`  // whose limits are shown; empty: all plans'
	BillingDay int    `mapstructure:"billing-day"` // 0: not known
}

// decode turns the texts that won into [Options]. A row of the table without a
// field in Options is an error, which a test would see.
func (r *resolver) decode() error {
	v := viper.New()
	for _, k := range r.table {
		value := r.cfg.Get(k.Name)
		switch {
		case k.Name == KeyProvider || k.Name == KeyModel || k.Name == KeyEndpoint || k.Name == KeyAPIKey:
		case !value.IsSet():
		case value.List != nil:
			v.Set(k.Name, value.List)
		default:
			v.Set(k.Name, value.Text)
		}
	}
	if err := v.UnmarshalExact(&r.cfg.Options); err != nil {
		return fmt.Errorf("options: %w", err)
	}
	return nil
}
