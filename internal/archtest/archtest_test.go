// Package archtest keeps the table "who may import whom" of docs/architecture.md
// true, and a few rules on what may be called where.
//
// It reads the source files themselves instead of asking "go list", which sees
// the files of one operating system only. What a package may import directly
// settles what it can reach: a package that may import only package sdk, which
// may import only the standard library, has no gRPC behind it.
package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/qwen-cli/qwen"
)

// A rule says what some packages may import beside the standard library.
type rule struct {
	packages []string // path.Match patterns, relative to the module
	ours     []string // packages of this module, patterns likewise
	outside  []string // modules of others
	why      string
}

const (
	host = "cmd/qwen/internal"

	cobra  = "github.com/spf13/cobra"
	pflag  = "github.com/spf13/pflag"
	viper  = "github.com/spf13/viper"
	hujson = "github.com/tailscale/hujson"
	flock  = "github.com/gofrs/flock"

	keyring = "github.com/zalando/go-keyring"
	hclog   = "github.com/hashicorp/go-hclog"
	plugin  = "github.com/hashicorp/go-plugin"
	grpc    = "google.golang.org/grpc"
	proto   = "google.golang.org/protobuf"
	xterm   = "golang.org/x/term"
	xsys    = "golang.org/x/sys"
	qr      = "rsc.io/qr"
	uniseg  = "github.com/rivo/uniseg"

	goldmark = "github.com/yuin/goldmark"
	fuzzy    = "github.com/sahilm/fuzzy"
)

var rules = []rule{
	{
		packages: []string{"cmd/qwen"},
		ours:     []string{host + "/cli", "plugins/*", "sdk/serve"},
		why:      "main joins the parts; logic in it could be tested only through a process",
	},
	{
		packages: []string{host + "/cli"},
		ours:     []string{host + "/*", "sdk"},
		outside:  []string{cobra, pflag, hclog},
		why:      "cobra lives here and nowhere else; no plugin is linked to, only started",
	},
	{
		packages: []string{host + "/config"},
		ours:     []string{host + "/dotenv", host + "/dotenv/guard"},
		outside:  []string{viper, hujson},
		why:      "configuration is resolved from text alone: it knows no provider and reads no credential",
	},
	{
		packages: []string{host + "/trust"},
		ours:     []string{host + "/dotenv/guard"},
		outside:  []string{hujson},
		why:      "what the user decided about folders depends on nothing else",
	},
	{
		packages: []string{host + "/dotenv"},
		ours:     []string{host + "/dotenv/guard"},
		why:      "reading a file that others have written needs little code and no dependency",
	},
	{
		packages: []string{host + "/profile"},
		ours:     []string{host + "/credstore", "sdk"},
		why:      "what a login is called depends on which there are, not on how they are used",
	},
	{
		packages: []string{host + "/auth"},
		ours:     []string{host + "/credstore", "sdk"},
		why:      "the policy of logins does not know that plugins are processes",
	},
	{
		packages: []string{host + "/credstore"},
		ours:     []string{"sdk"},
		outside:  []string{flock, xsys, keyring},
		why:      "storage knows neither providers nor when to refresh",
	},
	{
		packages: []string{host + "/usage"},
		ours:     []string{"sdk"},
		outside:  []string{flock},
		why:      "the ledger knows numbers and names, not who asks or what was said",
	},
	{
		packages: []string{host + "/pace"},
		ours:     []string{host + "/lockedfile", "sdk"},
		why:      "when a request may go is a matter of numbers and names",
	},
	{
		packages: []string{host + "/budget"},
		ours:     []string{host + "/lockedfile", host + "/usage", "sdk"},
		why:      "how much may be used does not depend on what for",
	},
	{
		packages: []string{host + "/lockedfile"},
		outside:  []string{flock},
		why:      "a file that several processes change does not depend on what is in it",
	},
	{
		packages: []string{host + "/pluginhost"},
		ours:     []string{"sdk", "sdk/client", "sdk/client/spawn"},
		outside:  []string{hclog, xsys},
		why:      "starting plugins is independent of chats and configuration, and go-plugin stays behind sdk/client",
	},
	{
		packages: []string{host + "/chat"},
		ours:     []string{host + "/retry", "sdk"},
		why:      "a conversation works with any provider, on any front end",
	},
	{
		packages: []string{host + "/render", host + "/retry"},
		ours:     []string{"sdk"},
		why:      "an answer is shown, and a failure judged, without knowing who asks or how",
	},
	{
		packages: []string{host + "/term"},
		outside:  []string{xterm, xsys, qr, uniseg},
		why:      "the terminal is a device; it knows nothing of what is shown on it",
	},
	{
		packages: []string{host + "/front"},
		ours:     []string{"sdk"},
		why:      "the vocabulary between the chat and those who show it knows neither",
	},
	{
		packages: []string{host + "/repl"},
		ours: []string{host + "/chat", host + "/files", host + "/front", host + "/render", host + "/retry", host + "/session",
			host + "/shell", host + "/usage", "sdk"},
		outside: []string{fuzzy},
		why:     "what a line means does not depend on what it was typed on, nor on how the program finds a provider",
	},
	{
		packages: []string{host + "/tui"},
		ours:     []string{host + "/editor", host + "/front", host + "/markdown", host + "/term", "sdk"},
		outside:  []string{uniseg},
		why:      "whoever shows a chat does not know what it is about",
	},
	{
		packages: []string{host + "/plain"},
		ours:     []string{host + "/front", host + "/term", "sdk"},
		why:      "whoever shows a chat does not know what it is about",
	},
	{
		packages: []string{host + "/editor"},
		ours:     []string{host + "/term"},
		outside:  []string{uniseg},
		why:      "text and a cursor are tested without a terminal",
	},
	{
		packages: []string{host + "/markdown"},
		ours:     []string{host + "/highlight", host + "/term"},
		outside:  []string{goldmark, uniseg},
		why:      "Markdown is laid out without knowing whose it is",
	},
	{
		packages: []string{host + "/session"},
		ours:     []string{"sdk"},
		outside:  []string{flock},
		why:      "conversations are kept without knowing who holds them",
	},
	{
		packages: []string{host + "/history"},
		outside:  []string{flock},
		why:      "a list of lines on disk depends on nothing",
	},
	{
		packages: []string{host + "/files"},
		ours:     []string{host + "/worktree", "sdk"},
		outside:  []string{fuzzy},
		why:      "finding and reading files is independent of what they are for",
	},
	{
		packages: []string{host + "/highlight", host + "/redact", host + "/shell", host + "/dotenv/guard", host + "/worktree", "sdk/sdktest/fakecloud"},
		why:      "these stand alone",
	},
	{
		packages: []string{"plugins/*"},
		ours:     []string{"sdk", "sdk/openaiapi"},
		why:      "a built-in provider has no more than a third party's: not the host, not other providers",
	},
	{
		packages: []string{"sdk"},
		why:      "the vocabulary must not bring gRPC or anything else to whoever uses it",
	},
	{
		packages: []string{"sdk/openaiapi"},
		ours:     []string{"sdk"},
		why:      "it is linked into every provider and stays small",
	},
	{
		packages: []string{host + "/early"},
		ours:     []string{"sdk/client/spawn"},
		why:      "it runs before the packages that it does not import are initialised, and the fewer it imports the earlier",
	},
	{
		packages: []string{"sdk/client/spawn"},
		ours:     []string{"sdk/internal/handshake"},
		outside:  []string{xsys},
		why:      "what imports little is initialised early, and a process that is started early is there early",
	},
	{
		packages: []string{"sdk/internal/handshake"},
		why:      "names that also whoever knows no go-plugin has to know",
	},
	{
		packages: []string{"sdk/serve", "sdk/client"},
		ours:     []string{"sdk", "sdk/client/spawn", "sdk/internal/launch", "sdk/internal/wire"},
		outside:  []string{plugin, hclog, grpc, xsys},
		why:      "the two halves share the protocol and nothing else",
	},
	{
		packages: []string{"sdk/internal/launch"},
		ours:     []string{"sdk/internal/handshake"},
		outside:  []string{plugin},
		why:      "what both halves agree on before the first call",
	},
	{
		packages: []string{"sdk/internal/wire"},
		ours:     []string{"sdk", "sdk/internal/pb"},
		outside:  []string{grpc, proto},
		why:      "converters know the protocol, not the process behind it",
	},
	{
		packages: []string{"sdk/internal/pb"},
		outside:  []string{grpc, proto},
		why:      "generated code",
	},
	{
		packages: []string{"sdk/sdktest"},
		ours:     []string{"sdk", "sdk/internal/wire", "sdk/sdktest/fakecloud"},
		outside:  []string{grpc},
		why:      "the conformance suite tests any provider, over the real protocol",
	},
	{
		packages: []string{"sdk/sdktest/fakecloud/cmd/fakecloud", "internal/demo"},
		ours:     []string{"sdk/sdktest/fakecloud"},
		why:      "a tool around the loopback service",
	},
	{
		packages: []string{"internal/screenshot"},
		ours:     []string{"internal/tmuxtest", "sdk/sdktest/fakecloud"},
		outside:  []string{uniseg},
		why:      "pictures are of the program as people start it",
	},
	{
		packages: []string{"internal/tmuxtest"},
		why:      "a terminal knows nothing of the program in it",
	},
}

func TestImports(t *testing.T) {
	packages := load(t)
	used := make(map[*rule]bool)
	for _, p := range packages {
		r := ruleFor(p.path)
		if r == nil {
			t.Errorf("package %s has no rule: say in this file, and in docs/architecture.md, what it may import and why", p.path)
			continue
		}
		used[r] = true
		for _, i := range p.imports() {
			if !r.allows(i.path) {
				t.Errorf("%s: imports %q, which %s may not: %s", i.position, i.path, p.path, r.why)
			}
		}
	}
	for i := range rules {
		if !used[&rules[i]] {
			t.Errorf("there is no package %s any more: remove its rule", rules[i].packages)
		}
	}
}

func ruleFor(pkg string) *rule {
	for i := range rules {
		if matches(rules[i].packages, pkg) {
			return &rules[i]
		}
	}
	return nil
}

// allows reports whether a package under the rule may import the package with
// the given import path.
func (r *rule) allows(imported string) bool {
	if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
		return matches(r.ours, ours)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(r.outside, func(m string) bool {
		return imported == m || strings.HasPrefix(imported, m+"/")
	})
}

func matches(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, pkg)
		return ok
	})
}

// A ban forbids a name outside some packages.
type ban struct {
	name   string   // package.Name
	except []string // patterns of packages
	within string   // if not empty: only packages that begin with it
	why    string
}

var bans = []ban{
	{name: "os.Exit", except: []string{"sdk/serve"},
		why: "only main exits: a plugin has to be ended first, and deferred calls have to run"},
	{name: "log.Fatal", why: "only main exits"},
	{name: "os.Getenv", except: []string{"sdk/serve"}, why: environment},
	{name: "os.LookupEnv", except: []string{"sdk/sdktest"}, why: environment},
	{name: "os.ExpandEnv", why: environment},
	{name: "os.Environ", except: []string{host + "/cli", host + "/early"}, why: environment},
	{name: "os.Setenv", except: []string{"sdk/serve", "sdk/sdktest"},
		why: "the process environment reaches every child and every library"},
	{name: "os.Stdin", except: []string{host + "/cli", "sdk/serve"}, why: streams},
	{name: "os.Stdout", except: []string{host + "/cli", "sdk/serve"}, why: streams},
	{name: "os.UserHomeDir", within: "plugins/", why: "a provider keeps nothing on disk; the host stores what it returns"},
	{name: "os.UserHomeDir", within: "sdk/", why: "a provider keeps nothing on disk; the host stores what it returns"},
}

const (
	environment = "the environment is read in one place and passed on: every value has a source, and tests need no variables"
	streams     = "streams are parameters: standard output belongs to the answer, and in a plugin to the handshake"
)

func TestBannedNames(t *testing.T) {
	for _, p := range load(t) {
		if p.name == "main" {
			continue
		}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if name := qualified(n); name != "" {
					if b := banned(name, p.path); b != nil {
						t.Errorf("%s: %s in package %s: %s", p.at(n), name, p.path, b.why)
					}
				}
				return true
			})
		}
	}
}

func banned(name, pkg string) *ban {
	for i, b := range bans {
		same := name == b.name || b.name == "log.Fatal" && strings.HasPrefix(name, b.name)
		if same && strings.HasPrefix(pkg, b.within) && !matches(b.except, pkg) {
			return &bans[i]
		}
	}
	return nil
}

// qualified returns "package.Name" for such an expression. Packages are known by
// the names they are imported under, which here are their own.
func qualified(n ast.Node) string {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := s.X.(*ast.Ident)
	if !ok || x.Obj != nil { // x is a variable of the file
		return ""
	}
	return x.Name + "." + s.Sel.Name
}

// What is computed at package level is computed at every start of the host and
// of every plugin, needed or not.
func TestNothingIsCompiledAtStart(t *testing.T) {
	for _, p := range load(t) {
		if strings.HasPrefix(p.path, "sdk/sdktest") || strings.HasPrefix(p.path, "internal/") {
			continue // not part of the program
		}
		for _, f := range p.files {
			for _, value := range packageValues(f) {
				inspectNow(value, func(n ast.Node) {
					switch name := qualified(n); name {
					case "regexp.MustCompile", "regexp.Compile", "template.Must":
						t.Errorf("%s: %s at package level runs at every start; use sync.OnceValue", p.at(n), name)
					}
				})
			}
		}
	}
}

// packageValues returns the expressions that package-level variables are set to.
func packageValues(f *ast.File) []ast.Expr {
	var values []ast.Expr
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			values = append(values, s.(*ast.ValueSpec).Values...)
		}
	}
	return values
}

// inspectNow visits what is evaluated with e: everything but the bodies of
// functions.
func inspectNow(e ast.Expr, visit func(ast.Node)) {
	ast.Inspect(e, func(n ast.Node) bool {
		if _, later := n.(*ast.FuncLit); later {
			return false
		}
		visit(n)
		return true
	})
}

// pkg is a package of the module, without its tests.
type pkg struct {
	path  string // relative to the module
	name  string
	set   *token.FileSet
	files []*ast.File
}

type imported struct{ path, position string }

func (p *pkg) imports() []imported {
	var list []imported
	for _, f := range p.files {
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the compiler says more
			}
			list = append(list, imported{path: name, position: p.at(spec)})
		}
	}
	return list
}

// at returns where n is, for messages.
func (p *pkg) at(n ast.Node) string {
	position := p.set.Position(n.Pos())
	return fmt.Sprintf("%s:%d", path.Join(p.path, filepath.Base(position.Filename)), position.Line)
}

// load parses the module's packages. Other modules in the tree, such as tools,
// are left out.
func load(t *testing.T) []*pkg {
	t.Helper()
	var list []*pkg
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if rel != "." && foreign(file, entry.Name()) {
			return fs.SkipDir
		}
		p, err := parsePackage(file, filepath.ToSlash(rel))
		if p != nil {
			list = append(list, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// foreign reports whether a directory holds no packages of this module.
func foreign(dir, name string) bool {
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// parsePackage returns the package in dir, nil if there is none but tests.
func parsePackage(dir, rel string) (*pkg, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	p := &pkg{path: rel, set: token.NewFileSet()}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(p.set, file, nil, 0)
		if err != nil {
			return nil, err
		}
		p.name = f.Name.Name
		p.files = append(p.files, f)
	}
	if len(p.files) == 0 {
		return nil, nil
	}
	return p, nil
}
