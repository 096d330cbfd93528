package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv/guard"
)

// maxSettings is the size up to which a settings file is read, in bytes, and
// maxDepth how deep it may be nested: the parser is recursive.
const (
	maxSettings = 1 << 20
	maxDepth    = 200
)

// loadSettings adds the layers of the settings files: the project's, which lies
// in the working directory itself, and the user's.
func (r *resolver) loadSettings() error {
	user, project := "", filepath.Join(r.in.Dir, ".qwen", "settings.json")
	if root := r.cfg.StateRoot.Text; root != "" {
		user = filepath.Join(root, "settings.json")
	}
	var first error
	if r.in.Dir != "" && !sameFile(project, user) {
		first = r.loadSettingsFile(project, FromSettingsProject)
	}
	if user != "" {
		if err := r.loadSettingsFile(user, FromSettingsUser); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// sameFile reports whether two paths lead to one file: in the home directory,
// under whatever name, the "project's" file is the user's own.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	infoA, err := os.Stat(a)
	if err != nil {
		return false
	}
	infoB, err := os.Stat(b)
	return err == nil && os.SameFile(infoA, infoB)
}

// loadSettingsFile adds the layer of one file, if there is such a file.
func (r *resolver) loadSettingsFile(path string, kind SourceKind) error {
	data, err := guard.ReadFile(path, maxSettings)
	var refusal *guard.Refusal
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.As(err, &refusal):
		r.note(Note{File: path, Text: "ignored: " + refusal.Reason})
		return nil
	case err != nil:
		return &Error{Source: Source{Kind: kind, File: path}, Problem: err.Error()}
	case kind.Project() && r.trust(folderOf(path)) == TrustDenied:
		r.note(Note{File: path, Text: "ignored: you do not trust this folder"})
		return nil
	}
	doc, err := parseSettings(data, Source{Kind: kind, File: path})
	if err != nil {
		return err
	}
	return r.addSettings(doc)
}

// addSettings makes a layer of a parsed file.
func (r *resolver) addSettings(doc *document) error {
	l := &layer{kind: doc.source.Kind, file: doc.source.File, keys: map[string]item{}}
	r.layers = append(r.layers, l)
	if l.kind == FromSettingsUser {
		doc.expand = r.expand
	}
	vars, err := doc.variables()
	l.vars = vars
	r.restrict(l)
	if keysErr := doc.fill(l.keys, r.settingRows(doc)); err == nil {
		err = keysErr
	}
	entries, entriesErr := doc.modelEntries(l)
	r.models = append(r.models, entries...)
	if err == nil {
		err = entriesErr
	}
	return err
}

// settingRows lists the keys that a settings file may set. It tells about those
// in a project's file that would have meant something elsewhere.
func (r *resolver) settingRows(doc *document) []Key {
	rows := slices.Clone(r.table)
	for i := range r.in.Providers {
		p := &r.in.Providers[i]
		for _, k := range r.table {
			if own := k.of(p); len(own.Settings) > len(k.Settings) {
				own.Settings = own.Settings[:1]
				rows = append(rows, own)
			}
		}
		for _, s := range p.Settings {
			rows = append(rows, p.key(s))
		}
	}
	if !doc.source.Kind.Project() {
		return rows
	}
	return slices.DeleteFunc(rows, func(k Key) bool {
		for _, path := range k.Settings {
			if v, err := doc.find(path); !k.Project && err == nil && v != nil {
				r.note(Note{File: doc.source.File, Line: doc.line(v), Text: path + " is ignored: a project's file may not set it"})
			}
		}
		return !k.Project
	})
}

// A document is a parsed settings file.
type document struct {
	source Source
	data   []byte
	root   *hujson.Object
	expand func(text string, at Source) string // nil: texts stay as they are
}

// parseSettings parses JSON with comments and trailing commas.
func parseSettings(data []byte, source Source) (*document, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		return &document{source: source, root: &hujson.Object{}}, nil
	}
	if tooDeep(data) {
		return nil, &Error{Source: source, Problem: "is nested too deep to be a settings file"}
	}
	data = append(data, '\n') // ends a comment on the last line
	value, err := hujson.Parse(data)
	if err != nil {
		return nil, syntaxError(err, source)
	}
	doc := &document{source: source, data: data}
	root, ok := value.Value.(*hujson.Object)
	if !ok {
		return nil, doc.wrongType("", "an object", value)
	}
	doc.root = root
	return doc, nil
}

// tooDeep looks at brackets wherever they stand; a settings file is far from the
// limit either way.
func tooDeep(data []byte) bool {
	depth := 0
	for _, c := range data {
		switch c {
		case '{', '[':
			if depth++; depth > maxDepth {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// syntaxError takes line and column out of the parser's error, and leaves its
// words where they quote the file.
func syntaxError(err error, source Source) error {
	e := &Error{Source: source, Problem: "is not valid JSON"}
	text := err.Error()
	if _, scanErr := fmt.Sscanf(text, "hujson: line %d, column %d:", &e.Source.Line, &e.Column); scanErr == nil {
		text = text[strings.Index(text, ": line")+1:]
		_, text, _ = strings.Cut(text, ": ")
	}
	if !strings.HasPrefix(text, "invalid literal") {
		e.Problem += " (" + text + ")"
	}
	e.Next = "Comments and trailing commas are fine; look for a missing comma, quote or bracket just before that place."
	return e
}

// line returns the line of a value.
func (d *document) line(v *hujson.Value) int {
	return 1 + bytes.Count(d.data[:v.StartOffset], []byte("\n"))
}

// at is the source of a value found under a name.
func (d *document) at(name string, v *hujson.Value) Source {
	s := d.source
	s.Name, s.Line = name, d.line(v)
	return s
}

// wrongType is the error for a value of another type than the one wanted.
func (d *document) wrongType(name, want string, v hujson.Value) error {
	return &Error{Source: d.at(name, &v), Key: name, Problem: "must be " + want + ", not " + kindName(v)}
}

func kindName(v hujson.Value) string {
	switch v.Value.Kind() {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	}
	return "an array"
}

// literalText returns the text of a string, "" for anything else. Nearly all
// strings are without escapes and need no decoder.
func literalText(v hujson.Value) string {
	lit, ok := v.Value.(hujson.Literal)
	switch {
	case !ok || lit.Kind() != '"':
		return ""
	case bytes.IndexByte(lit, '\\') < 0 && utf8.Valid(lit):
		return string(lit[1 : len(lit)-1])
	}
	return lit.String()
}

// member returns the member of that name; of two the later one, as in
// JavaScript. Null counts as absent.
func member(obj *hujson.Object, name string) *hujson.Value {
	for i := len(obj.Members) - 1; i >= 0; i-- {
		m := &obj.Members[i]
		if literalText(m.Name) == name {
			if m.Value.Value.Kind() == 'n' {
				return nil
			}
			return &m.Value
		}
	}
	return nil
}

// find returns the value at a dotted path, nil if there is none.
func (d *document) find(path string) (*hujson.Value, error) {
	obj := d.root
	for rest := path; ; {
		name, tail, more := strings.Cut(rest, ".")
		v := member(obj, name)
		if v == nil || !more {
			return v, nil
		}
		next, ok := v.Value.(*hujson.Object)
		if !ok {
			return nil, d.wrongType(strings.TrimSuffix(path, "."+tail), "an object", *v)
		}
		obj, rest = next, tail
	}
}

// fill puts the values of all rows into keys, by path.
func (d *document) fill(keys map[string]item, rows []Key) error {
	var first error
	for _, k := range rows {
		for _, path := range k.Settings {
			v, err := d.find(path)
			if err == nil && v != nil {
				var it item
				if it, err = d.item(k, path, v); err == nil {
					keys[path] = it
				}
			}
			if err != nil && first == nil {
				first = err
			}
		}
	}
	return first
}

// item reads a value as the type of its key asks.
func (d *document) item(k Key, path string, v *hujson.Value) (item, error) {
	it := item{line: d.line(v)}
	lit, _ := v.Value.(hujson.Literal)
	switch kind := v.Value.Kind(); {
	case kind == '"' && k.Type == TypeList:
		it.list = []string{d.text(path, v)}
	case kind == '[' && k.Type == TypeList:
		list, err := d.stringList(path, v)
		it.list = list
		return it, err
	case kind == '"' && k.takesString():
		it.text = d.text(path, v)
	case kind == '0' && k.Type == TypeDuration:
		it.text = string(lit) + "ms"
	case kind == '0' && (k.Type == TypeInt || k.Type == TypeFloat):
		it.text = string(lit)
	case (kind == 't' || kind == 'f') && k.Type == TypeBool:
		it.text = strconv.FormatBool(kind == 't')
	default:
		return it, d.wrongType(path, k.wanted(), *v)
	}
	return it, nil
}

// takesString reports whether a JSON string can be the key's value.
func (k Key) takesString() bool {
	return k.Type == TypeString || k.Type == TypeURL || k.Type == TypeFile || k.Type == TypeDuration
}

// wanted names the JSON type of a key, for an error.
func (k Key) wanted() string {
	switch k.Type {
	case TypeBool:
		return "true or false"
	case TypeInt, TypeFloat:
		return "a number"
	case TypeDuration:
		return `a number of milliseconds or a string such as "90s"`
	case TypeList:
		return "an array of strings"
	}
	return "a string"
}

func (d *document) stringList(path string, v *hujson.Value) ([]string, error) {
	list := []string{}
	for i := range v.Value.(*hujson.Array).Elements {
		e := &v.Value.(*hujson.Array).Elements[i]
		if e.Value.Kind() != '"' {
			return nil, d.wrongType(path, "an array of strings", *v)
		}
		list = append(list, d.text(path, e))
	}
	return list, nil
}

// text returns a string, expanded where this file's are.
func (d *document) text(path string, v *hujson.Value) string {
	if d.expand == nil {
		return literalText(*v)
	}
	return d.expand(literalText(*v), d.at(path, v))
}

// variables returns the "env" map.
func (d *document) variables() (map[string]item, error) {
	vars := map[string]item{}
	v := member(d.root, "env")
	if v == nil {
		return vars, nil
	}
	obj, ok := v.Value.(*hujson.Object)
	if !ok {
		return vars, d.wrongType("env", "an object", *v)
	}
	var first error
	for i := range obj.Members {
		name, value := literalText(obj.Members[i].Name), &obj.Members[i].Value
		switch value.Value.Kind() {
		case '"':
			vars[name] = item{text: d.text("env."+name, value), line: d.line(value), name: "env." + name}
		case 'n':
		default:
			if first == nil {
				first = d.wrongType("env."+name, "a string", *value)
			}
		}
	}
	return vars, first
}
