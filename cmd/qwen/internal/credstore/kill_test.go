package credstore

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Variables that turn the test binary into a process that takes the lock, writes
// a new credential and stops for ever at a given step, waiting to be killed.
const (
	childRoot = "CREDSTORE_TEST_ROOT"
	childStep = "CREDSTORE_TEST_STEP"
	childID   = "CREDSTORE_TEST_PROVIDER"
)

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		runChild(NewFile(root), ID{Provider: os.Getenv(childID)}, os.Getenv(childStep))
		return
	}
	os.Exit(m.Run())
}

const stepLocked = "locked"

func runChild(f *File, id ID, stop string) {
	f.reached = func(step string) {
		if step == stop {
			fmt.Println("reached")
			time.Sleep(time.Hour)
		}
	}
	if _, err := f.Lock(context.Background(), id); err != nil {
		fmt.Println(err)
		return
	}
	f.at(stepLocked)
	c := oauthCredential()
	c.Secret = "access-2"
	if _, err := f.Put(context.Background(), id, c); err != nil {
		fmt.Println(err)
	}
}

// killAt runs a child up to the step and kills it there.
func killAt(t *testing.T, f *File, id ID, step string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childRoot+"="+f.root, childStep+"="+step, childID+"="+id.Provider)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "reached\n" {
		t.Errorf("child said %q", line)
	}
	if err := child.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = child.Wait()
}

func TestKilledWriterHurtsNobody(t *testing.T) {
	for _, id := range []ID{sharedID, {Provider: "openai"}} {
		for step, want := range map[string]sdk.Secret{
			stepLocked:  "access-1",
			stepCreated: "access-1",
			stepHalf:    "access-1",
			stepWritten: "access-1",
			stepRenamed: "access-2",
		} {
			t.Run(id.Provider+"/"+step, func(t *testing.T) { testKilledWriter(t, id, step, want) })
		}
	}
}

func testKilledWriter(t *testing.T, id ID, step string, want sdk.Secret) {
	t.Parallel()
	f := newFile(t)
	mustPut(t, f, id, oauthCredential())
	killAt(t, f, id, step)

	if got := mustGet(t, f, id).Secret; got != want {
		t.Errorf("after the kill the file holds %q, want %q", got.Reveal(), want.Reveal())
	}
	// No waiting: the kernel has freed its lock, and the file lock is known to
	// be ours.
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	unlock, err := f.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, f, id, oauthCredential())
	if err := f.Delete(t.Context(), id); err != nil {
		t.Error(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	path := mustPath(t, f, id)
	if left, _ := filepath.Glob(path + tempMark + "*"); len(left) > 0 {
		t.Errorf("logout left temporary files: %q", left)
	}
}
