package highlight

// A Class says what a [Span] is, so that a theme can colour it.
type Class uint8

// The classes.
const (
	Plain Class = iota
	Keyword
	Type     // a type, or a name the language has built in
	Function // a name that is called
	Key      // a key of data, an attribute, a tag, a variable
	String
	Number
	Comment
	Meta // a preprocessor line, a decorator, a hunk of a diff
	Heading
	Inserted
	Deleted
	Classes int = iota // how many there are
)

// A Span is a piece of a line in one class.
type Span struct {
	Text  string
	Class Class
}

// A Highlighter colours the lines of one text in turn. Copying one copies its state:
// the copy can be used to look ahead.
type Highlighter struct{}

// New returns a highlighter for a language.
func New(lang string) *Highlighter { return &Highlighter{} }

// Line returns the spans of the next line. Their texts joined are the line.
func (h *Highlighter) Line(s string) []Span { return []Span{{Text: s}} }
