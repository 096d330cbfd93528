package trust_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/trust"
)

// A place is a directory with folders to trust and a file beside them.
type place struct {
	t    *testing.T
	root string
	file string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &place{t, root, filepath.Join(root, "state", trust.FileName)}
}

// rules writes the file; @ stands for the root.
func (p *place) rules(text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.file), 0o700); err != nil {
		p.t.Fatal(err)
	}
	root := filepath.ToSlash(p.root)
	if err := os.WriteFile(p.file, []byte(strings.ReplaceAll(text, "@", root)), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) dir(path string) string {
	p.t.Helper()
	dir := filepath.Join(p.root, path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		p.t.Fatal(err)
	}
	return dir
}

func (p *place) verdict(path string) trust.Verdict {
	p.t.Helper()
	list, err := trust.Read(p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	return list.Verdict(filepath.Join(p.root, path))
}

func (p *place) text() string {
	p.t.Helper()
	data, err := os.ReadFile(p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), filepath.ToSlash(p.root), "@")
}

func TestVerdict(t *testing.T) {
	const rules = `{
		// comments and trailing commas are fine
		"@/work": "TRUST_FOLDER",
		"@/work/customer": "DO_NOT_TRUST",
		"@/work/customer/ours": "TRUST_FOLDER",
		"@/src/one": "TRUST_PARENT",
		"@/src": "DO_NOT_TRUST", /* the same folder: distrust wins */
		"@/play/here/": "TRUST_FOLDER",
		"relative": "TRUST_FOLDER",
		"@/future": "TRUST_WITH_CARE",
		"@/odd": {"level": "TRUST_FOLDER"},
		"@/twice": "TRUST_FOLDER",
		"@/twice": "DO_NOT_TRUST",
	}`
	for path, want := range map[string]trust.Verdict{
		"":                         trust.Undecided,
		"work":                     trust.Trusted,
		"work/a/b":                 trust.Trusted,
		"working":                  trust.Undecided,
		"work/customer":            trust.Distrusted,
		"work/customer/deep/down":  trust.Distrusted,
		"work/customer/ours/below": trust.Trusted,
		"src":                      trust.Distrusted,
		"src/one":                  trust.Distrusted,
		"play":                     trust.Undecided,
		"play/here/x":              trust.Trusted,
		"relative":                 trust.Undecided,
		"future":                   trust.Undecided,
		"odd":                      trust.Undecided,
		"twice":                    trust.Distrusted,
		"work/../other":            trust.Undecided,
	} {
		p := newPlace(t)
		p.rules(rules)
		if got := p.verdict(path); got != want {
			t.Errorf("%q: verdict %d, want %d", path, got, want)
		}
	}
}

func TestTrustParent(t *testing.T) {
	p := newPlace(t)
	p.rules(`{"@/src/one": "TRUST_PARENT"}`)
	for path, want := range map[string]trust.Verdict{"src": trust.Trusted, "src/two": trust.Trusted, "": trust.Undecided} {
		if got := p.verdict(path); got != want {
			t.Errorf("%q: verdict %d, want %d", path, got, want)
		}
	}
}

// A link in a trusted folder does not make what it leads to trusted, and a link
// does not lead out of a distrusted one.
func TestLinksDoNotMoveTrust(t *testing.T) {
	p := newPlace(t)
	p.dir("work")
	evil := p.dir("evil/repo")
	if err := os.Symlink(evil, filepath.Join(p.root, "work", "link")); err != nil {
		t.Skip(err)
	}
	p.rules(`{"@/work": "TRUST_FOLDER"}`)
	if got := p.verdict("work/link"); got != trust.Undecided {
		t.Errorf("through a link in a trusted folder: %d", got)
	}
	p.rules(`{"@/evil": "DO_NOT_TRUST", "@/work": "TRUST_FOLDER"}`)
	if got := p.verdict("work/link"); got != trust.Distrusted {
		t.Errorf("through a link to a distrusted folder: %d", got)
	}
}

func TestSetKeepsEverythingElse(t *testing.T) {
	p := newPlace(t)
	p.rules(`// mine
{
  "@/a": "DO_NOT_TRUST", // why not
  /* new in a later version */
  "@/b": {"level": 3},
  "@/d": "TRUST_FOLDER"
}
`)
	for _, folder := range []string{"a", "c~x"} {
		if err := trust.Set(p.file, filepath.Join(p.root, folder), trust.TrustFolder); err != nil {
			t.Fatal(err)
		}
	}
	if removed, err := trust.Remove(p.file, filepath.Join(p.root, "d")); !removed || err != nil {
		t.Errorf("removing: %v, %v", removed, err)
	}
	if removed, err := trust.Remove(p.file, filepath.Join(p.root, "d")); removed || err != nil {
		t.Errorf("removing twice: %v, %v", removed, err)
	}
	got := p.text()
	for _, want := range []string{"// mine", `"@/a": "TRUST_FOLDER", // why not`, "/* new in a later version */", `"@/b": {"level": 3}`, `"@/c~x": "TRUST_FOLDER"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "@/d") || p.verdict("a") != trust.Trusted || p.verdict("c~x") != trust.Trusted {
		t.Errorf("the file is\n%s", got)
	}
}

func TestSetCreatesTheFile(t *testing.T) {
	p := newPlace(t)
	for _, folder := range []string{"a", "b"} {
		if err := trust.Set(p.file, p.dir(folder), trust.DoNotTrust); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := p.text(), "{\n  \"@/a\": \"DO_NOT_TRUST\",\n  \"@/b\": \"DO_NOT_TRUST\"\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if info, err := os.Stat(p.file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(p.file))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// Where the file is a link into a repository of dotfiles, it stays one.
func TestSetFollowsTheUsersLink(t *testing.T) {
	p := newPlace(t)
	p.rules("{}")
	target := filepath.Join(p.dir("dotfiles"), "trusted.json")
	if err := os.Rename(p.file, target); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, p.file); err != nil {
		t.Skip(err)
	}
	if err := trust.Set(p.file, p.dir("a"), trust.TrustFolder); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(p.file); err != nil || info.Mode()&os.ModeSymlink == 0 || p.verdict("a") != trust.Trusted {
		t.Errorf("the link is gone: %v, %v", info.Mode(), err)
	}
}

func TestDamagedFileIsReportedAndKept(t *testing.T) {
	for _, text := range []string{
		`{"@/a": "TRUST_FOLDER"`, `["@/a"]`, `null`, `{"@/a": TRUST_FOLDER}`, "\x00\x01",
		strings.Repeat("[", 200), strings.Repeat(" ", 1<<20+1),
	} {
		p := newPlace(t)
		p.rules(text)
		before := p.text()
		_, readErr := trust.Read(p.file)
		setErr := trust.Set(p.file, p.dir("a"), trust.TrustFolder)
		for _, err := range []error{readErr, setErr} {
			var e *trust.Error
			if !errors.As(err, &e) || e.Path != p.file || e.Hint() == "" || strings.Contains(e.Error(), "TRUST_FOLDER") {
				t.Errorf("%.20q: error %v", text, err)
			}
		}
		if p.text() != before {
			t.Errorf("%.20q was overwritten", text)
		}
	}
}

// Which of two rules would have to change, nobody can tell.
func TestAmbiguousFileIsNotChanged(t *testing.T) {
	p := newPlace(t)
	p.rules(`{"@/a": "TRUST_FOLDER", "@/a": "TRUST_FOLDER"}`)
	before := p.text()
	if err := trust.Set(p.file, p.dir("a"), trust.DoNotTrust); err == nil || p.text() != before {
		t.Errorf("set: %v, %s", err, p.text())
	}
	if _, err := trust.Remove(p.file, p.dir("a")); err == nil || p.text() != before {
		t.Errorf("remove: %v, %s", err, p.text())
	}
}

func TestEmptyFileHasNoRules(t *testing.T) {
	for _, text := range []string{"", "\n", "\ufeff", "{}", "// nothing yet\n{}"} {
		p := newPlace(t)
		p.rules(text)
		if got := p.verdict("a"); got != trust.Undecided {
			t.Errorf("%q: verdict %d", text, got)
		}
	}
}

// A file that others could have written grants nothing.
func TestFileOfOthersIsNotUsed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes")
	}
	p := newPlace(t)
	p.rules(`{"@/a": "TRUST_FOLDER"}`)
	if err := os.Chmod(p.file, 0o602); err != nil {
		t.Fatal(err)
	}
	if _, err := trust.Read(p.file); err == nil || !strings.Contains(err.Error(), "written to by everybody") {
		t.Errorf("error %v", err)
	}
}

func FuzzRules(f *testing.F) {
	f.Add(`{"/a": "TRUST_FOLDER", "/a/b": "DO_NOT_TRUST"}`, "/a/b/c")
	f.Add(`// x`+"\n"+`{"/": "TRUST_PARENT",}`, "/")
	f.Add("\ufeff{\"\\u002fa\": \"TRUST_FOLDER\"}", "/a")
	f.Fuzz(func(t *testing.T, text, folder string) {
		if !filepath.IsAbs(folder) || strings.ContainsRune(folder, 0) {
			return
		}
		path := filepath.Join(t.TempDir(), trust.FileName)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := trust.Read(path)
		if err != nil {
			return
		}
		list.Verdict(folder)
		if err := trust.Set(path, folder, trust.DoNotTrust); err != nil {
			return // reported, and the file is as it was
		}
		if list, err = trust.Read(path); err != nil || list.Verdict(folder) != trust.Distrusted {
			t.Errorf("after Set: %v", err)
		}
	})
}
