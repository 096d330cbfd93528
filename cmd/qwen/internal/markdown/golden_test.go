package markdown

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is laid out to testdata")

// TestGolden lays out a text with everything in it. To look at a result, cat it.
func TestGolden(t *testing.T) {
	for name, o := range map[string]Options{
		"dark-80":  {Width: 80, Theme: Dark(), Links: true},
		"light-40": {Width: 40, Theme: Light()},
		"none-110": {Width: 110, Theme: None()},
	} {
		file := "testdata/" + name + ".golden"
		got := strings.Join(Render(everything(t), o), "\n") + "\n"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is another (write it with -update, then look at the difference)", file)
		}
	}
}
