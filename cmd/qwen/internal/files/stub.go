package files
import ("context"; "github.com/qwen-cli/qwen/sdk"; "github.com/qwen-cli/qwen/cmd/qwen/internal/worktree")
type Content struct{ Kind, Name, Text string; Part sdk.Part; Size int64 }
type Match struct{ Path string; Dir bool }
type Mention struct{ Path string; Start, End int }
type Finder struct{}
func NewFinder(dir string, g *worktree.Git) *Finder { return nil }
func (f *Finder) Find(ctx context.Context, p string, n int) ([]Match, error) { return nil, nil }
func Read(p string) (Content, error) { return Content{}, nil }
func Mentions(t string) []Mention { return nil }
func Exists(p string) bool { return false }
func Sensitive(p string) bool { return false }
func Fence(s string) string { return s }
