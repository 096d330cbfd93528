package dotenv_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       string // NAME=value@line, quoted, and LINE: reason
	}{
		{"plain", "A=b\nC=d", `A="b"@1 C="d"@2`},
		{"white space", "  A = b c  \n\tB\t=\td\t", `A="b c"@1 B="d"@2`},
		{"empty value", "A=\nB=''\nC=\"\"\nD= # none", `A=""@1 B=""@2 C=""@3 D=""@4`},
		{"export", "export A=b\nexport\tC=d\nexported=e\nexport=f", `A="b"@1 C="d"@2 exported="e"@3 export="f"@4`},
		{"comments", "# A=b\n\n  # C=d\nE=f # g\nH=i#j\nK=#l\nM='n' # o", `E="f"@4 H="i#j"@5 K="#l"@6 M="n"@7`},
		{"single quotes", `A='b "c" \n # d'`, `A="b \"c\" \\n # d"@1`},
		{"backticks", "A=`b 'c' \"d\"`", `A="b 'c' \"d\""@1`},
		{"double quotes", `A="b\nc\td\re \"f\" \\n \g 'h'"`, `A="b\nc\td\re \"f\" \\n \\g 'h'"@1`},
		{"lines in quotes", "A=\"b\n  c\"\nD='e\n\nf'\nG=h", `A="b\n  c"@1 D="e\n\nf"@3 G="h"@6`},
		{"no expansion", "A=$B\nC=\"${D}\"\nE=$(id)\nF='`id`'\nG=a`id`", "A=\"$B\"@1 C=\"${D}\"@2 E=\"$(id)\"@3 F=\"`id`\"@4 G=\"a`id`\"@5"},
		{"later line", "A=b\nA=c", `A="b"@1 A="c"@2`},
		{"equals sign in value", "A=b=c==", `A="b=c=="@1`},
		{"quote within", "A=b'c\nD=e\"", `A="b'c"@1 D="e\""@2`},
		{"BOM and CRLF", "\ufeffA=b\r\nC=d\r\n", `A="b"@1 C="d"@2`},
		{"CR", "A=b\rC=d", `A="b"@1 C="d"@2`},
		{"names", "a.b-c_1=d", `a.b-c_1="d"@1`},
		{"bad names", "1A=b\nA B=c\n=d\nÄ=e\n$A=f", `1: what stands before the = is not the name of a variable 2: what stands before the = is not the name of a variable 3: what stands before the = is not the name of a variable 4: what stands before the = is not the name of a variable 5: what stands before the = is not the name of a variable`},
		{"no assignment", "A\nB=c", `B="c"@2 1: no = in it`},
		{"open quote", "A=\"b\nC=d", `C="d"@2 1: a quote that is not closed`},
		{"escaped quote at the end", `A="b\"`, `1: a quote that is not closed`},
		{"text after quote", "A='b' c\nD=e", `D="e"@2 1: text after the closing quote`},
		{"control characters", "A=b\x1b[31m\nC=d\x00\nE=\"f\u0085\"\nG=h", `G="h"@4 1: a control character or a byte that is not UTF-8 2: a control character or a byte that is not UTF-8 3: a control character or a byte that is not UTF-8`},
		{"not UTF-8", "A=\xff\nB=ü", `B="ü"@2 1: a control character or a byte that is not UTF-8`},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, render([]byte(tc.text))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func render(data []byte) string {
	vars, bad := dotenv.Parse(data)
	var parts []string
	for _, v := range vars {
		parts = append(parts, fmt.Sprintf("%s=%q@%d", v.Name, v.Value, v.Line))
	}
	for _, b := range bad {
		parts = append(parts, fmt.Sprintf("%d: %s", b.Line, b.Reason))
	}
	return strings.Join(parts, " ")
}

// A value that is written in single quotes is read back as it is, and whatever
// the file holds, what comes out is text from a line that exists.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "A=b", "export A='b'\n", "A=\"b\\n\\\"c\"", "A=`\n`#", "\ufeffA=b\r\n", "A=\"", "=\n=", "A='\x00'", "A=b # c\rD=e",
		"A=\\", "A=\"\\", "export ", "A=\"b\nc\" d\nE=f",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		vars, bad := dotenv.Parse(data)
		lines := 1 + strings.Count(string(data), "\n") + strings.Count(string(data), "\r")
		last := 0
		for _, v := range vars {
			if v.Name == "" || v.Line <= last || v.Line > lines || !utf8.ValidString(v.Value) {
				t.Errorf("variable %+v after line %d of %d", v, last, lines)
			}
			last = v.Line
		}
		for _, b := range bad {
			if b.Line < 1 || b.Line > lines || b.Reason == "" {
				t.Errorf("bad line %+v of %d", b, lines)
			}
		}
		for _, v := range vars {
			if strings.ContainsAny(v.Value, "'\r") {
				continue
			}
			again, bad := dotenv.Parse([]byte("A='" + v.Value + "'"))
			if len(bad) != 0 || len(again) != 1 || again[0].Value != v.Value {
				t.Errorf("%q is read back as %+v, %v", v.Value, again, bad)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	data := []byte(strings.Repeat("# what it is for\nexport DATABASE_URL=\"postgres://localhost/db\\n\"\nNAME = 'a value' # and why\n", 20))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		dotenv.Parse(data)
	}
}
