package markdown

import (
	"strings"
	"testing"
)

func TestRenderSmoke(t *testing.T) {
	got := strings.Join(Render("# A\n\nb **c**\n- d\n- e\n", Options{Theme: None()}), "\n")
	if want := "# A\n\nb **c**\n\n• d\n• e"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
