package highlight

import (
	"fmt"
	"strings"
	"testing"
)

// marks are what the classes are written as in the tests: "k(if) x".
const marks = " ktfvsncmhid"

func written(h *Highlighter, source string) string {
	var b strings.Builder
	for i, line := range strings.Split(source, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, span := range h.Line(line) {
			if span.Class == Plain {
				b.WriteString(span.Text)
			} else {
				fmt.Fprintf(&b, "%c(%s)", marks[span.Class], span.Text)
			}
		}
	}
	return b.String()
}

func TestLanguages(t *testing.T) {
	for _, c := range []struct{ lang, source, want string }{
		{"go", "func f(x int) { return \"a\\\"b\", 'c', 0x1F } // d", "k(func) f(f)(x t(int)) { k(return) s(\"a\\\"b\"), s('c'), n(0x1F) } c(// d)"},
		{"golang", "a := `b\nc` + 1.5e-3 /* d\ne */ + f", "a := s(`b)\ns(c`) + n(1.5e-3) c(/* d)\nc(e */) + f"},
		{"GO", "s := \"open\nx := 1", "s := s(\"open)\nx := n(1)"},
		{"python", "@a.b\ndef f(x) -> Any: # c", "m(@a).b\nk(def) f(f)(x) -> t(Any): c(# c)"},
		{"py", "x = \"\"\"a\n'b\"\"\" + 'c'", "x = s(\"\"\"a)\ns('b\"\"\") + s('c')"},
		{"ts", "const x: number = await f(`a\n${b}`, $y)", "k(const) x: t(number) = k(await) f(f)(s(`a)\ns(${b}`), $y)"},
		{"jsx", "return <A b='c' />", "k(return) <A b=s('c') />"},
		{"json", `{"a": [-1, true, "b:"], 'c' : null} // d`, `{v("a"): [-n(1), k(true), s("b:")], v('c') : k(null)} c(// d)`},
		{"yaml", "---\na: b # c\n- \"d\": &x 'e'\n  f: |\n    g: h\n\n  i: [1, no, j#k]", "m(---)\nv(a): b c(# c)\nk(-) v(\"d\"): m(&x) s('e')\n  v(f): |\ns(    g: h)\n\n  v(i): [n(1), k(no), j#k]"},
		{"yml", "url: http://a/b\nkey with space: 1.5", "v(url): http://a/b\nv(key with space): n(1.5)"},
		{"toml", "[a.b]\nc.d = 'e' # f\ng = \"\"\"\nh\"\"\"\n", "h([a.b])\nv(c.d) = s('e') c(# f)\nv(g) = s(\"\"\")\ns(h\"\"\")\n"},
		{"ini", "; a\nb=true", "c(; a)\nv(b)=k(true)"},
		{"bash", "if a -b --long=c | d; then $(e) \"$f\"; fi # g", "k(if) f(a) v(-b) v(--long)=c | f(d); k(then) $(f(e)) s(\"$f\"); k(fi) c(# g)"},
		{"sh", "cat <<-'EOF' > x\na 'b\n\tEOF\nsudo rm -rf ${HOME}/a#b", "f(cat) <<-s('EOF') > x\ns(a 'b)\ns(\tEOF)\nk(sudo) f(rm) v(-rf) v(${HOME})/a#b"},
		{"console", "$ curl -d '{\n}' \\\n  x | y", "$ f(curl) v(-d) s('{)\ns(}') \\\n  x | f(y)"},
		{"rust", "fn f<'a>(x: &'a str) -> Vec<u8> { println!(\"{}\", '\\n') }", "k(fn) f<'a>(x: &'a t(str)) -> t(Vec)<t(u8)> { f(println)!(s(\"{}\"), s('\\n')) }"},
		{"rs", "#[derive(A)]\nr#\"a\n\"b\"#", "m(#)[f(derive)(A)]\ns(r#\"a)\ns(\"b\"#)"},
		{"c++", "# include <a>\nint main() { return 'a' + R\"(b\n\")\"; }", "m(# include) <a>\nt(int) f(main)() { k(return) s('a') + s(R\"(b)\ns(\")\"); }"},
		{"java", "@Override public String f() { return null; }", "m(@Override) k(public) t(String) f(f)() { k(return) k(null); }"},
		{"kotlin", "val x = \"\"\"a\nb\"\"\"", "k(val) x = s(\"\"\"a)\ns(b\"\"\")"},
		{"swift", "guard let x = y as? Int else { return }", "k(guard) k(let) x = y k(as)? t(Int) k(else) { k(return) }"},
		{"c#", "var x = @\"a\\\" + $\"b\";", "k(var) x = s(@\"a\\\") + $s(\"b\");"},
		{"ruby", "def a?; @b ||= :c; end\n=begin\nx\n=end", "k(def) a?; v(@b) ||= :c; k(end)\nc(=begin)\nc(x)\nc(=end)"},
		{"php", "echo \"a\" . $b; # c", "k(echo) s(\"a\") . v($b); c(# c)"},
		{"sql", "select COUNT(*) from a where b = 'it''s' -- c", "k(select) f(COUNT)(*) k(from) a k(where) b = s('it''s') c(-- c)"},
		{"html", "<!-- a\nb --><p class=\"c\n'd'\" e>f &amp; g</p>", "c(<!-- a)\nc(b -->)k(<p) v(class)=s(\"c)\ns('d'\") v(e)k(>)f n(&amp;) gk(</p>)"},
		{"xml", "<?xml version='1'?><a:b/> 1 < 2", "k(<?xml) v(version)=s('1')k(?><a:b/>) 1 < 2"},
		{"css", ".a:hover { color: #fff; width: 10px }\na:b { }", ".a:hover { v(color): #fff; v(width): n(10px) }\na:b { }"},
		{"lua", "local x = [[a\nb]] --[[ c\nd ]] -- e", "k(local) x = s([[a)\ns(b]]) c(--[[ c)\nc(d ]]) c(-- e)"},
		{"dockerfile", "FROM a:1 AS b\nRUN c \"$D\"", "k(FROM) a:n(1) k(AS) b\nk(RUN) c s(\"$D\")"},
		{"make", "A := b\nc: d # e\n\t$(A) -o $@\n.PHONY: c", "v(A) := b\nf(c): d c(# e)\n\tv($(A)) -o v($@)\nf(.PHONY): c"},
		{"diff", "--- a\n+++ b\n@@ -1 +1 @@\n-c\n+d\n e", "m(--- a)\nm(+++ b)\nm(@@ -1 +1 @@)\nd(-c)\ni(+d)\n e"},
		{"markdown", "# a\n- b `c`\n```\n# d\n```\ne", "h(# a)\nk(-) b s(`c`)\ns(```)\ns(# d)\ns(```)\ne"},
		{"no-such-language", "if \"a\" // b", "if \"a\" // b"},
		{"", "1", "1"},
	} {
		h := New(c.lang)
		if got := written(h, c.source); got != c.want {
			t.Errorf("%s: %q is coloured\n%s\nnot\n%s", c.lang, c.source, got, c.want)
		}
	}
}

func TestKnown(t *testing.T) {
	if !New("Go").Known() || New("").Known() {
		t.Error("Known does not say whether a language is coloured")
	}
}

func TestCopyLooksAhead(t *testing.T) {
	h := New("go")
	h.Line("/* a")
	ahead := *h
	ahead.Line("*/")
	if got := h.Line("b")[0].Class; got != Comment {
		t.Errorf("what a copy saw changed the class to %d", got)
	}
}

func FuzzLine(f *testing.F) {
	for _, lang := range []string{"go", "py", "ts", "json", "yaml", "toml", "sh", "rust", "cpp", "java", "kt", "swift", "cs", "rb", "php",
		"sql", "html", "css", "lua", "dockerfile", "make", "diff", "md", ""} {
		f.Add(lang, "a: \"b\" 'c' `d` /* e */ # f // g <h i='j'> $k @l 1.5e+3 <<M\nM\n- n: |\n  o\n---")
		f.Add(lang, "\"\"\"\n'''\n\\\n$\n@\n#\n'\n`\n<!--\n-->\n&;\n${\n$(\n[\n:\n\xff\u3000")
	}
	f.Fuzz(func(t *testing.T, lang, source string) {
		h := New(lang)
		for _, line := range strings.Split(source, "\n") {
			joined := ""
			for _, span := range h.Line(line) {
				if span.Text == "" || int(span.Class) >= Classes {
					t.Fatalf("%s: %q has the span %v", lang, line, span)
				}
				joined += span.Text
			}
			if joined != line {
				t.Fatalf("%s: %q becomes %q", lang, line, joined)
			}
		}
	})
}

// BenchmarkHostile is lines that a careless highlighter takes minutes for.
func BenchmarkHostile(b *testing.B) {
	for b.Loop() {
		for _, lang := range []string{"go", "json", "yaml", "toml", "sh", "rust", "css", "html", "make", "md"} {
			for _, piece := range []string{"a:", "'", "\\", "a.", "${", "$(", "&", "<", "/*", "a ", "`", "\"", "{", "r#", "- ", "1", "'\\"} {
				New(lang).Line(strings.Repeat(piece, 100_000/len(piece)))
			}
		}
	}
}
