package highlight

import "strings"

// kind is how the lines of a language are read.
type kind uint8

const (
	programs kind = iota // by words, comments and strings
	yaml
	markup
	prose
	diffs
)

// A language is what its words, comments and strings look like. Lists of words have a
// space before and behind each.
type language struct {
	kind     kind
	keywords string
	types    string
	fold     bool   // words are the same in upper case
	extra    string // characters of words beside letters and digits
	upper    bool   // names that begin with a capital are types
	macros   bool   // name!( is a call
	noCalls  bool   // name( is no call
	commands bool   // what a command begins with is a name, and has options

	comments  string // marks of comments up to the end of the line
	block     quote
	quotes    []quote // the first that fits counts
	here      bool    // there are here documents
	directive string  // a line that begins with it is for the preprocessor

	sigils     string // characters before variables
	decorators bool
	keys       bool   // what has a colon behind it is a key
	assigns    string // characters behind the name that a line gives a value
	sections   bool   // a line may be a [section]
}

func (g *language) keyword(word string) bool { return g.has(g.keywords, word) }
func (g *language) typ(word string) bool     { return g.has(g.types, word) }

func (g *language) has(list, word string) bool {
	if g.fold {
		word = strings.ToLower(word)
	}
	return strings.Contains(list, " "+word+" ")
}

// word returns how long the word is that s begins with.
func (g *language) word(s string) int {
	n := 0
	for n < len(s) && (isWord(s[n]) || n > 0 && strings.IndexByte(g.extra, s[n]) >= 0) {
		n++
	}
	return n
}

// lookup returns the language with a name, nil if it is unknown.
func lookup(name string) *language {
	switch name {
	case "go", "golang":
		return &golang
	case "py", "python", "python3", "pycon":
		return &python
	case "js", "javascript", "jsx", "mjs", "cjs", "node", "ts", "typescript", "tsx", "mts", "cts":
		return &javascript
	case "json", "jsonc", "json5", "jsonl", "ndjson":
		return &json
	case "yaml", "yml":
		return &yamls
	case "toml", "ini", "conf", "cfg", "properties", "env", "dotenv":
		return &toml
	case "sh", "bash", "shell", "zsh", "ksh", "console", "shell-session", "shellsession", "terminal":
		return &shell
	case "rs", "rust":
		return &rust
	case "c", "h", "cpp", "c++", "cc", "cxx", "hpp", "hh", "objc", "objective-c", "cuda", "arduino":
		return &cpp
	case "java", "groovy", "gradle":
		return &java
	case "kt", "kts", "kotlin", "scala":
		return &kotlin
	case "swift":
		return &swift
	case "cs", "c#", "csharp":
		return &csharp
	case "rb", "ruby":
		return &ruby
	case "php":
		return &php
	case "sql", "mysql", "postgresql", "postgres", "pgsql", "sqlite", "plsql", "tsql":
		return &sql
	case "html", "htm", "xhtml", "xml", "svg", "vue", "svelte", "xsl", "plist":
		return &html
	case "css", "scss", "sass", "less":
		return &css
	case "lua":
		return &lua
	case "dockerfile", "docker", "containerfile":
		return &dockerfile
	case "makefile", "make", "mk":
		return &makefile
	case "diff", "patch", "udiff":
		return &diff
	case "md", "markdown", "mdx":
		return &markdown
	}
	return nil
}

// Quotes that many languages have.
var (
	double   = quote{open: `"`, close: `"`, escapes: true}
	single   = quote{open: `'`, close: `'`, escapes: true}
	char     = quote{open: `'`, close: `'`, escapes: true, char: true}
	backtick = quote{open: "`", close: "`", lines: true}
	tripled  = quote{open: `"""`, close: `"""`, escapes: true, lines: true}
	cBlock   = quote{open: "/*", close: "*/", lines: true}
)

var golang = language{
	keywords: " break case chan const continue default defer else fallthrough for func go goto if import interface map" +
		" package range return select struct switch type var true false nil iota ",
	types: " any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string" +
		" uint uint8 uint16 uint32 uint64 uintptr append cap clear close complex copy delete imag len make max min new" +
		" panic print println real recover ",
	comments: "//",
	block:    cBlock,
	quotes:   []quote{double, backtick, char},
}

var python = language{
	keywords: " and as assert async await break case class continue def del elif else except finally for from global if" +
		" import in is lambda match nonlocal not or pass raise return try type while with yield True False None self cls ",
	types: " abs all any bool bytes callable chr dict dir enumerate eval filter float format frozenset getattr hasattr hash" +
		" id input int isinstance iter len list map max min next object open ord print property range repr reversed round" +
		" set setattr slice sorted staticmethod str sum super tuple zip ",
	upper:      true,
	decorators: true,
	comments:   "#",
	quotes:     []quote{tripled, {open: `'''`, close: `'''`, escapes: true, lines: true}, double, single},
}

var javascript = language{
	keywords: " abstract as async await break case catch class const continue debugger declare default delete do else enum" +
		" export extends finally for from function get if implements import in infer instanceof interface keyof let" +
		" namespace new of override private protected public readonly return satisfies set static super switch this throw" +
		" try type typeof var void while with yield true false null undefined NaN Infinity ",
	types:      " any bigint boolean never number object string symbol unknown console document globalThis module process require window ",
	upper:      true,
	extra:      "$",
	decorators: true,
	comments:   "//",
	block:      cBlock,
	quotes:     []quote{double, single, {open: "`", close: "`", escapes: true, lines: true}},
}

var json = language{
	keywords: " true false null ",
	keys:     true,
	comments: "//",
	block:    cBlock,
	quotes:   []quote{double, single},
}

var yamls = language{
	kind:     yaml,
	comments: "#",
	quotes:   []quote{{open: `"`, close: `"`, escapes: true, lines: true}, {open: `'`, close: `'`, lines: true}},
}

var toml = language{
	keywords: " true false yes no on off ",
	noCalls:  true,
	comments: "# ;",
	quotes:   []quote{tripled, {open: `'''`, close: `'''`, lines: true}, double, {open: `'`, close: `'`}},
	assigns:  "=",
	sections: true,
}

var shell = language{
	keywords: " alias break case continue declare do done elif else esac eval exec exit export fi for function if in local" +
		" read readonly return select set shift source sudo then time trap unset until while ",
	extra:    "-",
	commands: true,
	noCalls:  true,
	comments: "#",
	quotes:   []quote{{open: `"`, close: `"`, escapes: true, lines: true}, {open: `'`, close: `'`, lines: true}},
	here:     true,
	sigils:   "$",
}

var rust = language{
	keywords: " as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut" +
		" pub ref return self Self static struct super trait type unsafe use where while true false ",
	types:     " bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize ",
	upper:     true,
	macros:    true,
	directive: "#",
	comments:  "//",
	block:     cBlock,
	quotes:    []quote{{open: `r#"`, close: `"#`, lines: true}, {open: `"`, close: `"`, escapes: true, lines: true}, char},
}

var cpp = language{
	keywords: " alignas alignof auto break case catch class concept const const_cast consteval constexpr constinit continue" +
		" co_await co_return co_yield decltype default delete do dynamic_cast else enum explicit export extern final for" +
		" friend goto if inline mutable namespace new noexcept nullptr operator override private protected public register" +
		" reinterpret_cast requires restrict return sizeof static static_assert static_cast struct switch template this" +
		" throw try typedef typeid typename union using virtual volatile while true false NULL ",
	types: " bool char char8_t char16_t char32_t double float int int8_t int16_t int32_t int64_t long short signed size_t" +
		" ssize_t uint8_t uint16_t uint32_t uint64_t unsigned void wchar_t std string vector map set pair ",
	directive: "#",
	comments:  "//",
	block:     cBlock,
	quotes:    []quote{{open: `R"(`, close: `)"`, lines: true}, double, char},
}

var java = language{
	keywords: " abstract assert break case catch class const continue def default do else enum extends final finally for goto" +
		" if implements import in instanceof interface native new package permits private protected public record return" +
		" sealed static strictfp super switch synchronized this throw throws transient try var volatile while yield true" +
		" false null ",
	types:      " boolean byte char double float int long short void ",
	upper:      true,
	decorators: true,
	comments:   "//",
	block:      cBlock,
	quotes:     []quote{tripled, double, single},
}

var kotlin = language{
	keywords: " abstract actual annotation as break by case catch class companion const constructor continue crossinline data" +
		" def do else enum expect extends external final finally for fun given if implicit import in infix init inline" +
		" inner interface internal is it lateinit lazy match new noinline object open operator out override package" +
		" private protected public reified return sealed super suspend tailrec this throw trait try typealias val var" +
		" vararg when where while with yield true false null ",
	upper:      true,
	decorators: true,
	comments:   "//",
	block:      cBlock,
	quotes:     []quote{{open: `"""`, close: `"""`, lines: true}, double, char},
}

var swift = language{
	keywords: " actor as associatedtype async await break case catch class continue convenience default defer deinit do else" +
		" enum extension fallthrough fileprivate final for func guard if import in indirect init inout internal is lazy let" +
		" mutating nonisolated nonmutating open operator optional override postfix prefix private protocol public repeat" +
		" required rethrows return self Self some static struct subscript super switch throw throws try typealias unowned" +
		" var weak where while any true false nil ",
	upper:      true,
	decorators: true,
	comments:   "//",
	block:      cBlock,
	quotes:     []quote{tripled, double},
}

var csharp = language{
	keywords: " abstract as async await base break case catch checked class const continue default delegate do else enum event" +
		" explicit extern finally fixed for foreach get goto if implicit in init interface internal is lock namespace new" +
		" operator out override params partial private protected public readonly record ref required return sealed set" +
		" sizeof stackalloc static struct switch this throw try typeof unchecked unsafe using var virtual volatile when" +
		" where while with yield true false null ",
	types:     " bool byte char decimal double dynamic float int long nint object sbyte short string uint ulong ushort void ",
	upper:     true,
	directive: "#",
	comments:  "//",
	block:     cBlock,
	quotes:    []quote{tripled, {open: `@"`, close: `"`, lines: true}, double, char},
}

var ruby = language{
	keywords: " alias and attr_accessor attr_reader attr_writer begin break case class def defined? do else elsif end ensure" +
		" extend false for if in include module next nil not or private protected public raise redo require" +
		" require_relative rescue retry return self super then true undef unless until when while yield ",
	types:    " p print puts ",
	extra:    "?!",
	upper:    true,
	comments: "#",
	block:    quote{open: "=begin", close: "=end", lines: true},
	quotes:   []quote{double, single, {open: "`", close: "`", escapes: true}},
	here:     true,
	sigils:   "@$",
}

var php = language{
	keywords: " abstract and array as break callable case catch class clone const continue declare default do echo else elseif" +
		" empty endforeach endif endwhile enum extends final finally fn for foreach function global goto if implements" +
		" include include_once instanceof insteadof interface isset list match namespace new or print private protected" +
		" public readonly require require_once return self static switch this throw trait try unset use var while xor" +
		" yield true false null ",
	types:    " bool float int iterable mixed never object string void php ",
	upper:    true,
	comments: "// #",
	block:    cBlock,
	quotes:   []quote{{open: `"`, close: `"`, escapes: true, lines: true}, {open: `'`, close: `'`, escapes: true, lines: true}},
	sigils:   "$",
}

var sql = language{
	keywords: " add all alter and any as asc autoincrement auto_increment begin between by cascade case check column commit" +
		" conflict constraint create cross database declare default delete desc describe distinct do drop else end" +
		" except exists explain false fetch first following foreign from full function grant group having if ignore ilike" +
		" in index inner insert intersect into is join key last lateral left like limit not null nulls on or order outer" +
		" over partition preceding primary procedure recursive references replace returning returns right rollback row" +
		" rows schema select set some table then to transaction trigger true truncate unbounded union unique update use" +
		" using values view when where window with ",
	types: " array bigint bigserial blob boolean bool bytea char date datetime decimal double float int integer interval json" +
		" jsonb numeric real serial smallint text time timestamp timestamptz tinyint uuid varchar ",
	fold:     true,
	comments: "--",
	block:    cBlock,
	quotes:   []quote{{open: `'`, close: `'`, lines: true}, {open: `"`, close: `"`}, {open: "`", close: "`"}},
}

var html = language{kind: markup}

var css = language{
	keywords:   " and from important not only or to ",
	extra:      "-",
	keys:       true,
	decorators: true,
	comments:   "//",
	block:      cBlock,
	quotes:     []quote{double, single},
	sigils:     "$",
}

var lua = language{
	keywords: " and break do else elseif end for function goto if in local nil not or repeat return then true false until while ",
	types: " assert error io ipairs math next os pairs pcall print require select self setmetatable string table tonumber" +
		" tostring type ",
	comments: "--",
	block:    quote{open: "--[[", close: "]]", lines: true},
	quotes:   []quote{{open: "[[", close: "]]", lines: true}, double, single},
}

var dockerfile = language{
	keywords: " ADD ARG AS CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER" +
		" VOLUME WORKDIR ",
	noCalls:  true,
	comments: "#",
	quotes:   []quote{double, single},
	here:     true,
	sigils:   "$",
}

var makefile = language{
	keywords: " define else endef endif export ifdef ifeq ifndef ifneq include override unexport ",
	noCalls:  true,
	comments: "#",
	quotes:   []quote{double, single},
	sigils:   "$",
	assigns:  ":=?+",
}

var diff = language{kind: diffs}

var markdown = language{kind: prose}
