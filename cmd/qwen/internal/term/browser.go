package term

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// maxURL is the longest URL that is opened. Internet Explorer's limit still is
// what pages keep to.
const maxURL = 2083

// openerTime is how long an opener has to fail. One that still runs then is the
// browser itself.
const openerTime = 2 * time.Second

// A Browser shows web pages to the person who sits at this machine.
//
// It exists although there are libraries: github.com/cli/browser and
// github.com/pkg/browser open whatever they are given, look for the opener in
// the process's own environment, wait until a browser started by it is closed,
// and leave that in our session, where Ctrl-C kills it.
type Browser struct {
	// Environ is the environment, as from [os.Environ]. The opener gets it
	// without the secrets in it.
	Environ []string

	goos     string        // for tests; empty for this system
	patience time.Duration // for tests; 0 for openerTime
}

// CanOpen reports whether there is a browser that the person would see, and if
// not, why, in words that go behind "the browser was not opened: ".
func (b Browser) CanOpen() (ok bool, why string) {
	switch {
	case b.has("SSH_CONNECTION"), b.has("SSH_TTY"), b.has("SSH_CLIENT"):
		return false, "this is a remote session"
	case isTrue(b.getenv("CI")):
		return false, "CI is set"
	case b.has("NO_BROWSER"):
		return false, "NO_BROWSER is set"
	case isTextBrowser(b.getenv("BROWSER")):
		return false, "BROWSER is a text browser"
	case b.needsDisplay() && !b.has("DISPLAY") && !b.has("WAYLAND_DISPLAY"):
		return false, "there is no graphical display"
	}
	return true, ""
}

// Open shows the page at rawURL in the browser. It only says whether it could,
// and if not, why: a person can always open the page themselves.
//
// It refuses what is no plain web address: only https, or http to this very
// machine; no user name in it, no control characters. The caller shows the host
// before, and never passes a URL that a model wrote.
func (b Browser) Open(ctx context.Context, rawURL string) (ok bool, why string) {
	if ok, why := b.CanOpen(); !ok {
		return false, why
	}
	page, err := webPage(rawURL)
	if err != nil {
		return false, err.Error()
	}
	opener, err := b.opener()
	if err != nil {
		return false, err.Error()
	}
	if err := b.run(ctx, append(opener, page)); err != nil {
		return false, fmt.Sprintf("%s: %v", filepath.Base(opener[0]), err)
	}
	return true, ""
}

// webPage checks a URL and returns it written anew, so that the opener sees what
// was checked and not what another parser could read otherwise.
func webPage(rawURL string) (string, error) {
	if len(rawURL) > maxURL {
		return "", fmt.Errorf("its address is longer than %d characters", maxURL)
	}
	u, err := url.Parse(rawURL)
	switch {
	case err != nil, u.Opaque != "", u.Hostname() == "", !isGraphicASCII(u.Hostname()), !isGraphicASCII(u.String()):
		return "", fmt.Errorf("its address is no web address")
	case u.User != nil:
		return "", fmt.Errorf("its address holds a user name")
	case u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())):
		return "", fmt.Errorf("its address does not begin with https://")
	}
	return u.String(), nil
}

// isGraphicASCII also refuses quotes and their kin, which no serialised URL needs.
func isGraphicASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7F || strings.ContainsRune("\"'`<>\\^{|}", r)
	})
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// opener returns the command that the system has for opening things, without
// the address.
func (b Browser) opener() ([]string, error) {
	switch b.os() {
	case "windows":
		// Not "cmd /c start": a shell would read the & in an address.
		root := b.getenv("SystemRoot")
		if !filepath.IsAbs(root) {
			return nil, fmt.Errorf("SystemRoot is not set")
		}
		return []string{filepath.Join(root, "System32", "rundll32.exe"), "url.dll,FileProtocolHandler"}, nil
	case "darwin":
		return []string{"/usr/bin/open"}, nil
	}
	path, err := b.lookPath("xdg-open")
	return []string{path}, err
}

// lookPath finds a program by PATH. Unlike [exec.LookPath] it looks at the
// environment given, and passes over relative directories without a word.
func (b Browser) lookPath(name string) (string, error) {
	for _, dir := range filepath.SplitList(b.getenv("PATH")) {
		path := filepath.Join(dir, name)
		if !filepath.IsAbs(dir) {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}

// run starts the opener with no stream of ours and in a session of its own, and
// gives it some time to fail.
func (b Browser) run(ctx context.Context, argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...) // no context: the browser may outlive us
	cmd.Env = withoutSecrets(b.Environ)
	cmd.SysProcAttr = ownSession()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	patience := b.patience
	if patience == 0 {
		patience = openerTime
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
	case <-ctx.Done():
	}
	return nil
}

// withoutSecrets drops variables that hold keys by their name.
func withoutSecrets(environ []string) []string {
	clean := make([]string, 0, len(environ)) // not nil, which would mean our own
	for _, entry := range environ {
		name, _, _ := strings.Cut(strings.ToUpper(entry), "=")
		secret := func(suffix string) bool { return strings.HasSuffix(name, suffix) }
		if !slices.ContainsFunc([]string{"_KEY", "_TOKEN", "_SECRET", "_PASSWORD"}, secret) {
			clean = append(clean, entry)
		}
	}
	return clean
}

func (b Browser) os() string {
	if b.goos != "" {
		return b.goos
	}
	return runtime.GOOS
}

// needsDisplay reports whether the system shows windows through a display server
// named in the environment.
func (b Browser) needsDisplay() bool { return b.os() != "windows" && b.os() != "darwin" }

func (b Browser) has(name string) bool { return b.getenv(name) != "" }

func (b Browser) getenv(name string) string {
	for _, entry := range slices.Backward(b.Environ) {
		key, value, _ := strings.Cut(entry, "=")
		if key == name || b.os() == "windows" && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

func isTrue(value string) bool { return value != "" && value != "0" && value != "false" }

// isTextBrowser recognises the browsers that would take over the terminal.
func isTextBrowser(command string) bool {
	switch filepath.Base(command) {
	case "www-browser", "lynx", "w3m", "links", "elinks":
		return true
	}
	return false
}
