package session

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// childRoot turns the test binary into a process that chats until it is killed.
const childRoot = "SESSION_TEST_ROOT"

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		chat(New(root))
		return
	}
	os.Exit(m.Run())
}

// chat asks, streams long answers, and says on standard output what it has handed
// over: "m TEXT" for a message, "p MILLISECONDS TEXT" for a piece.
func chat(s *Store) {
	w, err := s.Create(Meta{})
	if err != nil {
		panic(err)
	}
	for turn := 0; ; turn++ {
		question := fmt.Sprintf("question-%d.", turn)
		if w.Message(sdk.TextMessage(sdk.RoleUser, question), TurnInfo{}) != nil {
			return
		}
		fmt.Println("m", question)
		whole := ""
		for n := range 1600 {
			piece := fmt.Sprintf("piece-%d-%d.", turn, n)
			whole += piece
			w.Partial(sdk.PartText, piece)
			fmt.Println("p", time.Now().UnixMilli(), piece)
			time.Sleep(time.Millisecond) // as a service would take
		}
		if w.Message(sdk.TextMessage(sdk.RoleAssistant, whole), TurnInfo{}) != nil {
			return
		}
		fmt.Println("m", whole)
	}
}

// A process that is killed at any moment loses what it took over in the last second,
// and nothing else. The next one goes on with what is left.
func TestKilledWriterLosesNothing(t *testing.T) {
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() { killOne(t) })
	}
	all.Wait()
}

func killOne(t *testing.T) {
	s := New(t.TempDir())
	lines := chatUntilKilled(t, s)
	list, err := s.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("%v, %v after %d lines", list, err, len(lines))
		return
	}
	c, w, err := s.Open(list[0].ID)
	if err != nil {
		t.Error(err)
		return
	}
	left := strings.Join(script(c), "\n")
	for _, text := range due(lines) {
		if !strings.Contains(left, text) {
			t.Errorf("%q is lost, of %d lines", text, len(lines))
			break
		}
	}
	items := len(c.Items)
	if err := w.Message(sdk.TextMessage(sdk.RoleUser, "on"), TurnInfo{}); err != nil {
		t.Error(err)
	}
	_ = w.Close()
	again, err := s.Read(list[0].ID)
	if err != nil || len(again.Items) != items+1 || again.Damaged > 1 {
		t.Errorf("%d items of %d, %d lines damaged: %v", len(again.Items), items+1, again.Damaged, err)
	}
}

// chatUntilKilled returns what a process has said that was killed at some moment.
func chatUntilKilled(t *testing.T, s *Store) []string {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childRoot+"="+strings.TrimSuffix(s.Dir(), dirName))
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	var lines []string
	killAfter := 1 + rand.IntN(2000)
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if len(lines) == 0 {
			wantInUse(t, s)
		}
		if lines = append(lines, scanner.Text()); len(lines) == killAfter {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	return lines
}

// wantInUse checks that a session which another process writes can be read, and not
// written.
func wantInUse(t *testing.T, s *Store) {
	list, err := s.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
		return
	}
	if _, err := s.Read(list[0].ID); err != nil {
		t.Error(err)
	}
	if _, _, err := s.Open(list[0].ID); !errors.Is(err, ErrInUse) {
		t.Errorf("%v, want that it is in use", err)
	}
}

// due returns what has to be there: all messages, and the pieces that were handed over
// a second before the end.
func due(lines []string) []string {
	var texts []string
	var times []int64
	end := int64(1000) // with no piece at all: all messages
	for _, line := range lines {
		var at int64
		var text string
		if _, err := fmt.Sscanf(line, "p %d %s", &at, &text); err == nil {
			end = at
		} else if _, err := fmt.Sscanf(line, "m %s", &text); err != nil {
			continue // the last one, torn
		}
		texts, times = append(texts, text), append(times, at)
	}
	var list []string
	for i, text := range texts {
		if times[i] <= end-1000 {
			list = append(list, text)
		}
	}
	return list
}
