package credstore

import (
	"cmp"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	credentialsDir = "credentials"
	fileSuffix     = ".json"

	// endpointMark stands between name and endpoint. No escaped text holds it.
	endpointMark = "~"

	// maxFileName leaves room for the suffixes of lock and temporary files
	// within the 255 bytes that file systems allow.
	maxFileName = 200
)

// canonical returns the form of id under which it is stored, so that two
// spellings of one endpoint are one connection.
func (id ID) canonical() (ID, error) {
	id.Name = cmp.Or(id.Name, DefaultName)
	if id.Provider == "" {
		return ID{}, sdk.Errorf(sdk.KindConfig, "a stored login needs the name of a provider")
	}
	if id.Endpoint == "" {
		return id, nil
	}
	u, err := url.Parse(id.Endpoint)
	if err != nil || u.Host == "" {
		return ID{}, sdk.Errorf(sdk.KindConfig, "the endpoint of the login %s is not a URL", id.Provider)
	}
	// The endpoint becomes part of a file name, which is no place for a secret.
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return ID{}, sdk.Errorf(sdk.KindConfig, "the endpoint of the login %s must not contain a user name, a query or a fragment", id.Provider)
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	id.Endpoint = strings.TrimRight(u.String(), "/")
	return id, nil
}

// relPath returns where the credential is kept, relative to the state root. Every
// element is escaped: no name leads out of its directory, and no two names
// share a file, on file systems that ignore case too.
func (id ID) relPath() (string, error) {
	id, err := id.canonical()
	if err != nil {
		return "", err
	}
	if id == sharedID {
		return sharedFile, nil
	}
	dir, file := escape(id.Provider), escape(id.Name)
	if id.Endpoint != "" {
		file += endpointMark + escape(id.Endpoint)
	}
	if len(dir) > maxFileName || len(file)+len(fileSuffix) > maxFileName {
		return "", sdk.Errorf(sdk.KindConfig, "the name of the login is too long").
			WithHint("Choose a shorter name.")
	}
	return filepath.Join(credentialsDir, dir, file+fileSuffix), nil
}

// parsePath returns the ID whose credential is kept in the file, if there is one.
func parsePath(dir, file string) (ID, bool) {
	file, ok := strings.CutSuffix(file, fileSuffix)
	if !ok {
		return ID{}, false
	}
	name, endpoint, hasEndpoint := strings.Cut(file, endpointMark)
	var id ID
	var okProvider, okName, okEndpoint bool
	id.Provider, okProvider = unescape(dir)
	id.Name, okName = unescape(name)
	id.Endpoint, okEndpoint = unescape(endpoint)
	if !okProvider || !okName || okEndpoint != hasEndpoint {
		return ID{}, false
	}
	canonical, err := id.canonical()
	return id, err == nil && canonical == id && id != sharedID
}

// escape turns any text into a file name: lower-case letters, digits and a few
// marks stand for themselves, every other byte is written %xx. The result does
// not begin or end with a dot and is no device name of Windows.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		edge := i == 0 || i == len(s)-1
		if plain(s[i]) || s[i] == '.' && !edge {
			b.WriteByte(s[i])
		} else {
			writeEscaped(&b, s[i])
		}
	}
	out := b.String()
	if isDeviceName(out) {
		b.Reset()
		writeEscaped(&b, out[0])
		return b.String() + out[1:]
	}
	return out
}

func writeEscaped(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteString(hex.EncodeToString([]byte{c}))
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-_@+", c) >= 0
}

// unescape undoes escape. It refuses what escape does not write.
func unescape(s string) (string, bool) {
	var b strings.Builder
	for rest := s; rest != ""; {
		if rest[0] != '%' {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		if len(rest) < 3 {
			return "", false
		}
		c, err := hex.DecodeString(rest[1:3])
		if err != nil {
			return "", false
		}
		b.Write(c)
		rest = rest[3:]
	}
	text := b.String()
	return text, text != "" && escape(text) == s
}

// isDeviceName reports whether Windows takes the file name for a device,
// whatever its extension.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func isDeviceName(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (stem[:3] == "com" || stem[:3] == "lpt") && '0' <= stem[3] && stem[3] <= '9'
}
