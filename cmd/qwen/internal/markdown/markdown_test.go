package markdown

import (
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"paragraphs", "one\n\n\n\ntwo\nthree", "one\n\ntwo\nthree"},
		{"wrapped", "one two three four five six seven eight nine ten", "one two three four five six seven eight\nnine ten"},
		{"hard breaks", "one  \ntwo\\\nthree", "one\ntwo\nthree"},
		{"emphasis", "*a* **b** ***c*** ~~d~~ `e`", "*a* **b** ***c*** ~~d~~ `e`"},
		{"emphasis beside Chinese", "**注意：**请", "**注意：**请"},
		{"range", "5~10, 20~30", "5~10, 20~30"},
		{"words with underscores", "snake_case_name __init__", "snake_case_name **init**"},
		{"code in code", "`` a`b ``", "`a`b`"},
		{"escapes", `\*a\* \# &lt;b&gt; &copy; \&amp; a\b`, `*a* # <b> © &amp; a\b`},
		{"atx", "# a #\n## b\ntext", "# a\n\n## b\n\ntext"},
		{"setext", "a\n===\nb\n---\n", "# a\n\n## b"},
		{"rule", "a\n\n***\n\nb", "a\n\n──────────\n\nb"},
		{"no heading", "#a\n####### b", "#a\n####### b"},

		{"tight list", "a:\n- b\n- c\n\nd", "a:\n\n• b\n• c\n\nd"},
		{"loose list", "- b\n\n- c", "• b\n\n• c"},
		{"nested", "- b\n  - c\n    1. d\n- e", "• b\n  • c\n    1. d\n• e"},
		{"numbers of the source", "7. a\n9. b\n\n3) c", "7. a\n9. b\n\n3) c"},
		{"number interrupts a paragraph", "in\n1985. A year\n1. a", "in\n1985. A year\n\n1. a"},
		{"tasks", "- [ ] a\n- [x] b\n  c\n- [y] d\n\n1. [X] e\n   f", "[ ] a\n[x] b\n    c\n• [y] d\n\n1. [x] e\n       f"},
		{"empty items", "-\n- a\n-\n", "•\n• a\n•"},
		{"item begins below its mark", "-\n  a\n- b", "• a\n• b"},
		{"item begins with an empty line", "-\n\n  a", "•\n\na"},
		{"paragraphs in an item", "1. a\n\n   b\n2. c", "1. a\n\n   b\n2. c"},
		{"wrapped item", "1. one two three four five six seven eight nine", "1. one two three four five six seven\n   eight nine"},
		{"lazy", "- a\nb\n> c\nd", "• a\n  b\n\n│ c\n│ d"},
		{"code in an item", "1. a\n   ```sh\n   b\n   ```\n2. c", "1. a\n     sh\n     b\n2. c"},
		{"list in a quotation", "> a\n> - b\n> - c\n\nd", "│ a\n│\n│ • b\n│ • c\n\nd"},
		{"two quotations", "> a\n\n> b", "│ a\n\n│ b"},
		{"deep quotations", strings.Repeat(">", 30) + " a", "│ │ │ │ │ │ │ │ │ │ │ │ │ │ >>>>>> a"},

		{"code", "```go\na := 1\n\n\tb\n```\nc", "  go\n  a := 1\n\n      b\n\nc"},
		{"code is not wrapped", "```\n" + strings.Repeat("long ", 20) + "\n```", "  " + strings.Repeat("long ", 20)},
		{"code without an end", "~~~\na\n```", "  a\n  ```"},
		{"empty code", "a\n```\n```\nb", "a\n\nb"},
		{"indented code", "a\n\n    b\n\n    c\n\nd", "a\n\n  b\n\n  c\n\nd"},
		{"HTML", "<div>\n*a*\n</div>\n\n<b>*c*</b>", "<div>\n*a*\n</div>\n\n<b>*c*</b>"},
		{"comment", "<!-- a\n\nb -->\nc", "<!-- a\n\nb -->\n\nc"},
		{"br", "a<br>b<br />c\n\n<br>\n\nd", "a\nb\nc\n\nd"},
		{"formulas", "$a_1*b_2*c$ and \\(x_1*y*z\\)", "$a_1*b_2*c$ and \\(x_1*y*z\\)"},
		{"amounts", "from $5 to *$10*", "from $5 to *$10*"},
		{"block of a formula", "so\n$$\na_1 * b\n$$\nand\n\\[ x \\]", "so\n\n$$\na_1 * b\n$$\n\nand\n\n\\[ x \\]"},
		{"formula in a line", "$$x$$ is *it*", "$$x$$ is *it*"},

		{"link", "[a](https://b.example/c)", "a (https://b.example/c)"},
		{"link that says its target", "[b.example](https://b.example/)", "b.example"},
		{"link that says another target", "[https://a.example](https://b.example)", "https://a.example (https://b.example)"},
		{"link to no page", "[a](javascript:b) [c](d.md) [e]()", "a (javascript:b) c (d.md) e"},
		{"autolinks", "<https://a.example> <a@b.example>", "https://a.example a@b.example"},
		{"reference", "[a][1] [b]\n\n[1]: https://a.example\n[b]: https://b.example", "[a][1] [b]\n\n[1]: https://a.example\n[b]: https://b.example"},
		{"footnote", "a[^1]\n\n[^1]: b", "a[^1]\n\n[^1]: b"},
		{"image", "![a](https://b.example/c.png) ![](d.png)", "a (https://b.example/c.png) image\n(d.png)"},
		{"image in a link", "[![a](b.png)](https://c.example)", "a (https://c.example)"},
		{"data URL", "![a](data:image/png;base64," + strings.Repeat("A", 100) + ")", "a (data:image/\npng;base64,AAAAAAAAAAAAAAAAAA…)"},

		{"entities", "a&#27;[2Jb&#x9b;c&#8238;d&#13;e&#10;f", "a[2Jbde f"},
		{"narrow items", strings.Repeat("> ", 24) + "words that need some room", "│ │ │ │ │ │ │ │ │ │ │ │ │ │ words that\n│ │ │ │ │ │ │ │ │ │ │ │ │ │ need some\n│ │ │ │ │ │ │ │ │ │ │ │ │ │ room"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(Render(c.source, Options{Width: 40, Theme: None()}), "\n")
			if got != c.want {
				t.Errorf("%q is laid out as\n%s\nnot as\n%s", c.source, got, c.want)
			}
		})
	}
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		name   string
		width  int
		source string
		want   string
	}{
		{"aligned", 40, "| a | b | c |\n|:--|--:|:-:|\n| one | 1 | x |\n| 二 | 20 | long |", `
a   │  b │  c
────┼────┼─────
one │  1 │  x
二  │ 20 │ long`},
		{"without outer bars, behind text", 40, "text\na|b\n-|-\nc|d\n\ne", `
text

a │ b
──┼──
c │ d

e`},
		{"only a header", 40, "|a|\n|-|", `
a
─`},
		{"too few and too many cells", 40, "|a|b|\n|-|-|\n|c|\n|d|e|f|", `
a │ b
──┼──────
c │
d │ e | f`},
		{"a backtick", 40, "|a|b|\n|-|-|\n|`c|``d``|", "\na  │ b\n───┼────\n`c │ `d`"},
		{"bars in code and escaped", 40, "|a|b|\n|-|-|\n|`c|d`|e\\|f|", "\na     │ b\n──────┼────\n`c|d` │ e|f"},
		{"wrapped", 30, "|Name|Text|\n|-|-|\n|a|one two three four five six|\n|b|seven|", `
Name │ Text
─────┼────────────────────────
a    │ one two three four five
     │ six
─────┼────────────────────────
b    │ seven`},
		{"wrapped Chinese", 20, "|a|b|\n|-|-|\n|c|中文也可以在任意位置换行|", `
a │ b
──┼─────────────────
c │ 中文也可以在任意
  │ 位置换行`},
		{"records", 20, "|Name|Text|More|\n|-|-|-|\n|Alice|one two three|four five|\n|Bob|six seven eight|nine|", `
Name: Alice
Text: one two three
More: four five

Name: Bob
Text: six seven
eight
More: nine`},
		{"no table", 40, "a | b\n--- | --- | ---", "\na | b\n--- | --- | ---"},
		{"in an item", 40, "- a\n\n  |b|c|\n  |-|-|\n  |d|e|\n- f", `
• a

  b │ c
  ──┼──
  d │ e
• f`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := "\n" + strings.Join(Render(c.source, Options{Width: c.width, Theme: None()}), "\n")
			if got != c.want {
				t.Errorf("%q is laid out as%s\nnot as%s", c.source, got, c.want)
			}
		})
	}
}

func TestStyles(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"# a *b*", "\x1b[1;4;36ma \x1b[0m\x1b[1;3;4;36mb\x1b[0m"},
		{"**a `b`**", "\x1b[1ma \x1b[0m\x1b[1;36mb\x1b[0m"},
		{"**one two three**", "\x1b[1mone two\x1b[0m\n\x1b[1mthree\x1b[0m"},
		{"[a b](https://c.example/long)", "\x1b]8;;https://c.example/long\x1b\\\x1b[4;94ma b\x1b[0m\x1b]8;;\x1b\\\n" +
			"\x1b[2m(\x1b[0m\x1b]8;;https://c.example/long\x1b\\\x1b[2mhttps://c\x1b[0m\x1b]8;;\x1b\\\n" +
			"\x1b]8;;https://c.example/long\x1b\\\x1b[2m.example/l\x1b[0m\x1b]8;;\x1b\\\n" +
			"\x1b]8;;https://c.example/long\x1b\\\x1b[2mong\x1b[0m\x1b]8;;\x1b\\\x1b[2m)\x1b[0m"},
		{"[a](file:b)", "\x1b[4;94ma\x1b[0m\x1b[2m (file:b)\x1b[0m"},
		{"```go\nif\n```", "\x1b[2mgo\x1b[0m\n\x1b[95mif\x1b[0m"},
	} {
		if got := strings.Join(Render(c.source, Options{Width: 10, Theme: Dark(), Links: true}), "\n"); got != c.want {
			t.Errorf("%q is laid out as\n%q, not as\n%q", c.source, got, c.want)
		}
	}
}
