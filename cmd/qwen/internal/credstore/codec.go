package credstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/sdk"
)

// The fields of a credential file. All files have the same form, that of the
// established tool's oauth_creds.json, so that one reader is enough. Which of
// the first two is there says what kind of credential it is.
const (
	fieldAPIKey       = "api_key"
	fieldAccessToken  = "access_token"
	fieldRefreshToken = "refresh_token"
	fieldTokenType    = "token_type"
	fieldEndpoint     = "resource_url"
	fieldExpiry       = "expiry_date" // milliseconds since 1970
	fieldAccount      = "account"
	fieldScope        = "scope"
)

var reservedFields = []string{fieldAPIKey, fieldAccessToken, fieldRefreshToken, fieldTokenType,
	fieldEndpoint, fieldExpiry, fieldAccount, fieldScope}

// maxExpiry is the end of the year 9999, the last that RFC 3339 can write.
const maxExpiry = 253402300799999

// diskCredential is a credential as it is written. Its secrets are plain strings
// because an [sdk.Secret] redacts itself in JSON.
type diskCredential struct {
	APIKey       string
	NoKey        bool // there is an empty key: the service, on this machine perhaps, asks for none
	AccessToken  string
	RefreshToken string
	TokenType    string
	Endpoint     string
	Expiry       *int64
	Account      string
	Scope        string
	Extra        map[string]json.RawMessage
}

// encode returns the content of the file for c. The notes name what could not be
// kept.
func encode(c *sdk.Credential) ([]byte, []Note, error) {
	d, err := toDisk(c)
	if err != nil {
		return nil, nil, err
	}
	notes := d.dropUnwritable()
	var b bytes.Buffer
	d.writeFields(&b)
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, nil, sdk.Errorf(sdk.KindInternal, "the credential cannot be written as JSON")
	}
	return out.Bytes(), notes, nil
}

func toDisk(c *sdk.Credential) (*diskCredential, error) {
	if c == nil || c.Secret == "" && !isKeyless(c) {
		return nil, sdk.Errorf(sdk.KindInternal, "a credential without a secret cannot be stored")
	}
	d := &diskCredential{
		RefreshToken: c.RefreshToken.Reveal(),
		TokenType:    c.TokenType,
		Endpoint:     c.Endpoint,
		Account:      c.Account,
		Scope:        c.Scope,
		Extra:        maps.Clone(c.Extra),
	}
	if !c.Expiry.IsZero() {
		d.Expiry = new(min(max(c.Expiry.UnixMilli(), 0), maxExpiry))
	}
	switch c.Kind {
	case sdk.CredentialAPIKey:
		d.APIKey, d.NoKey = c.Secret.Reveal(), c.Secret == ""
	case sdk.CredentialOAuth:
		d.AccessToken = c.Secret.Reveal()
		if d.TokenType == "" {
			d.TokenType = "Bearer" // the established tool ignores a file without it
		}
	default:
		return nil, sdk.Errorf(sdk.KindInternal, "a credential of the unknown kind %q cannot be stored", c.Kind)
	}
	return d, nil
}

// isKeyless reports whether c is for a service that asks for no key. What such a
// login says is the address.
func isKeyless(c *sdk.Credential) bool {
	return c.Kind == sdk.CredentialAPIKey && c.Secret == "" && c.Endpoint != ""
}

// dropUnwritable removes what would break the file. Losing such a field is
// better than losing the whole login for its sake, but it is said.
func (d *diskCredential) dropUnwritable() []Note {
	var notes []Note
	for _, name := range slices.Sorted(maps.Keys(d.Extra)) {
		var why string
		switch {
		case slices.Contains(reservedFields, name):
			why = "its name is reserved"
		case !utf8.ValidString(name) || !utf8.Valid(d.Extra[name]) || !json.Valid(d.Extra[name]):
			why = "it is not valid JSON"
		default:
			continue
		}
		delete(d.Extra, name)
		notes = append(notes, Note(fmt.Sprintf("the field %q of the credential was not stored: %s", name, why)))
	}
	return notes
}

// writeFields writes d as a JSON object on one line.
func (d *diskCredential) writeFields(b *bytes.Buffer) {
	text := func(name, value string) {
		if value != "" {
			writeField(b, name, quote(value))
		}
	}
	text(fieldAPIKey, d.APIKey)
	if d.NoKey {
		writeField(b, fieldAPIKey, quote(""))
	}
	text(fieldAccessToken, d.AccessToken)
	text(fieldRefreshToken, d.RefreshToken)
	text(fieldTokenType, d.TokenType)
	text(fieldEndpoint, d.Endpoint)
	if d.Expiry != nil {
		writeField(b, fieldExpiry, fmt.Append(nil, *d.Expiry))
	}
	text(fieldAccount, d.Account)
	text(fieldScope, d.Scope)
	for _, name := range slices.Sorted(maps.Keys(d.Extra)) {
		writeField(b, name, d.Extra[name])
	}
	b.WriteByte('}')
}

func writeField(b *bytes.Buffer, name string, value []byte) {
	if b.Len() == 0 {
		b.WriteByte('{')
	} else {
		b.WriteByte(',')
	}
	b.Write(quote(name))
	b.WriteByte(':')
	b.Write(value)
}

// quote returns s as a JSON string. Marshalling a string cannot fail.
func quote(s string) []byte {
	q, _ := json.Marshal(s)
	return q
}

// decode returns the credential in the content of a file. Its errors say what is
// wrong with the content and never quote it.
func decode(data []byte) (*sdk.Credential, error) {
	fields, err := parseObject(data)
	if err != nil {
		return nil, err
	}
	var d diskCredential
	_, d.NoKey = fields[fieldAPIKey]
	for name, dst := range map[string]*string{
		fieldAPIKey: &d.APIKey, fieldAccessToken: &d.AccessToken, fieldRefreshToken: &d.RefreshToken,
		fieldTokenType: &d.TokenType, fieldEndpoint: &d.Endpoint, fieldAccount: &d.Account, fieldScope: &d.Scope,
	} {
		if err := takeString(fields, name, dst); err != nil {
			return nil, err
		}
	}
	if d.Expiry, err = takeExpiry(fields); err != nil {
		return nil, err
	}
	d.Extra = fields
	return fromDisk(&d)
}

func fromDisk(d *diskCredential) (*sdk.Credential, error) {
	c := &sdk.Credential{
		Kind:         sdk.CredentialOAuth,
		Secret:       sdk.Secret(d.AccessToken),
		RefreshToken: sdk.Secret(d.RefreshToken),
		TokenType:    d.TokenType,
		Endpoint:     d.Endpoint,
		Account:      d.Account,
		Scope:        d.Scope,
	}
	switch {
	case d.APIKey != "" && d.AccessToken != "":
		return nil, fmt.Errorf("it has both %s and %s", fieldAPIKey, fieldAccessToken)
	case d.APIKey != "":
		c.Kind, c.Secret = sdk.CredentialAPIKey, sdk.Secret(d.APIKey)
	case d.NoKey && d.AccessToken == "" && d.Endpoint != "":
		c.Kind = sdk.CredentialAPIKey
	case d.AccessToken == "":
		return nil, fmt.Errorf("it has no %s", fieldAccessToken)
	}
	if d.Expiry != nil {
		c.Expiry = time.UnixMilli(*d.Expiry)
	}
	if len(d.Extra) > 0 {
		c.Extra = d.Extra
	}
	return c, nil
}

// parseObject splits a JSON object into its fields, which stay as they were
// written: a large number is not rounded on its way through.
func parseObject(data []byte) (map[string]json.RawMessage, error) {
	// A byte order mark is what some editors leave; it does no harm.
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("it is empty")
	case !utf8.Valid(data):
		return nil, errors.New("it is not UTF-8 text")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, describeSyntax(data, err)
	}
	if fields == nil {
		return nil, errors.New("it holds null instead of an object")
	}
	return fields, nil
}

func describeSyntax(data []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return errors.New("it does not hold a JSON object")
	}
	if syntax.Offset >= int64(len(data)) {
		return errors.New("it ends in the middle")
	}
	return fmt.Errorf("line %d is not valid JSON", 1+bytes.Count(data[:syntax.Offset], []byte("\n")))
}

// takeString moves the text of a field to dst; an absent field is empty.
func takeString(fields map[string]json.RawMessage, name string, dst *string) error {
	raw, ok := fields[name]
	if !ok {
		return nil
	}
	if raw[0] != '"' {
		return fmt.Errorf("%s is %s instead of a string", name, jsonType(raw))
	}
	delete(fields, name)
	return json.Unmarshal(raw, dst)
}

// takeExpiry moves the expiry out of fields. JavaScript may write any form of
// number, so it is read as one.
func takeExpiry(fields map[string]json.RawMessage) (*int64, error) {
	raw, ok := fields[fieldExpiry]
	if !ok {
		return nil, nil
	}
	if t := jsonType(raw); t != "a number" {
		return nil, fmt.Errorf("%s is %s instead of a number", fieldExpiry, t)
	}
	delete(fields, fieldExpiry)
	var ms float64
	if err := json.Unmarshal(raw, &ms); err != nil || ms < 0 || ms > maxExpiry {
		return nil, fmt.Errorf("%s is not a time in milliseconds since 1970", fieldExpiry)
	}
	return new(int64(math.Floor(ms))), nil
}

func jsonType(raw json.RawMessage) string {
	switch c := raw[0]; {
	case c == '"':
		return "a string"
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == 'n':
		return "null"
	case strings.IndexByte("tf", c) >= 0:
		return "true or false"
	default:
		return "a number"
	}
}
