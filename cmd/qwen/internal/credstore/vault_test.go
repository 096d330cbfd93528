package credstore

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	keyring "github.com/zalando/go-keyring"

	"github.com/qwen-cli/qwen/sdk"
)

// A fakeRing is a keyring that can be slow or broken.
type fakeRing struct {
	mu    sync.Mutex
	items map[string]string
	err   error
	delay time.Duration
}

func (r *fakeRing) begin() error {
	time.Sleep(r.delay)
	r.mu.Lock()
	return r.err
}

func (r *fakeRing) Set(service, account, secret string) error {
	err := r.begin()
	defer r.mu.Unlock()
	if err == nil {
		if r.items == nil {
			r.items = make(map[string]string)
		}
		r.items[service+"\x00"+account] = secret
	}
	return err
}

func (r *fakeRing) Get(service, account string) (string, error) {
	err := r.begin()
	defer r.mu.Unlock()
	secret, ok := r.items[service+"\x00"+account]
	if err == nil && !ok {
		err = keyring.ErrNotFound
	}
	return secret, err
}

func (r *fakeRing) Delete(service, account string) error {
	if _, err := r.Get(service, account); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.items, service+"\x00"+account)
	return nil
}

func (r *fakeRing) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.items)
}

// newVault returns a store in a new directory, with a keyring of its own.
func newVault(t *testing.T, mode Mode) (*Vault, *fakeRing) {
	t.Helper()
	v := New(filepath.Join(t.TempDir(), ".qwen"), Options{Mode: func() (Mode, error) { return mode, nil }})
	fake := &fakeRing{}
	v.ring.ring = fake
	return v, fake
}

func (v *Vault) setMode(mode Mode) { v.mode = func() (Mode, error) { return mode, nil } }

var workID = ID{Provider: "openai", Name: "work"}

// A vault is a store, in every mode.
func TestVaults(t *testing.T) {
	for _, mode := range []Mode{ModeFile, ModeKeyring, ModeAuto} {
		t.Run(string(mode), func(t *testing.T) {
			v, fake := newVault(t, mode)
			testStore(t, v)
			if fake.count() != 0 {
				t.Errorf("%d items are left in the keyring", fake.count())
			}
		})
	}
}

// The library that talks to the keyring is used the way it wants to be.
func TestVaultWithMockedLibrary(t *testing.T) {
	keyring.MockInit()
	v := New(filepath.Join(t.TempDir(), ".qwen"), Options{Mode: func() (Mode, error) { return ModeKeyring, nil }})
	testStore(t, v)
}

func TestKeyringHoldsTheSecretAlone(t *testing.T) {
	v, fake := newVault(t, ModeKeyring)
	if notes := mustPut(t, v, workID, apiKey("secret-key")); len(notes) != 0 {
		t.Errorf("notes %q", notes)
	}
	if where, err := v.Path(workID); where != "the system keyring" || err != nil {
		t.Errorf("Path: %q, %v", where, err)
	}
	for _, path := range filesUnder(t, v.root) {
		data, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(data), "secret-key") {
			t.Errorf("%s holds the secret (%v)", path, err)
		}
	}
	for name, secret := range fake.items {
		if !strings.HasPrefix(name, "qwen\x00"+v.root) || strings.Contains(secret, "\n") {
			t.Errorf("item %q: %q", name, secret)
		}
	}
	other := New(filepath.Join(t.TempDir(), "other"), Options{})
	other.ring.ring = fake
	if _, err := other.Get(t.Context(), workID); !errors.Is(err, ErrNotFound) {
		t.Errorf("another state root finds it: %v", err)
	}
}

func filesUnder(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What is stored again moves to where the mode says, and leaves no copy behind.
func TestMovingBetweenFileAndKeyring(t *testing.T) {
	for _, id := range []ID{workID, sharedID} {
		v, fake := newVault(t, ModeFile)
		mustPut(t, v, id, oauthCredential())
		file := mustPath(t, v.File, id)
		v.setMode(ModeKeyring)
		if c := mustGet(t, v, id); c.Secret.Reveal() != "access-1" {
			t.Errorf("%v: not found where it is", id)
		}
		notes := mustPut(t, v, id, oauthCredential())
		if onDisk(file) || fake.count() != 1 || len(notes) == 0 || !strings.Contains(string(notes[0]), "moved from "+file) {
			t.Errorf("%v: file %v, items %d, notes %q", id, onDisk(file), fake.count(), notes)
		}
		if d := diff(oauthCredential(), mustGet(t, v, id)); d != "" {
			t.Errorf("%v: %s", id, d)
		}
		v.setMode(ModeFile)
		mustPut(t, v, id, oauthCredential())
		if !onDisk(file) || fake.count() != 0 {
			t.Errorf("%v, back again: file %v, items %d", id, onDisk(file), fake.count())
		}
		if d := diff(oauthCredential(), mustGet(t, v, id)); d != "" {
			t.Errorf("%v, back again: %s", id, d)
		}
	}
}

func TestAutoKeepsWhatIsThere(t *testing.T) {
	v, fake := newVault(t, ModeFile)
	mustPut(t, v, workID, apiKey("old"))
	v.setMode(ModeAuto)
	mustPut(t, v, workID, apiKey("new"))
	mustPut(t, v, sharedID, oauthCredential())
	if fake.count() != 0 || !onDisk(mustPath(t, v.File, workID)) || !onDisk(mustPath(t, v.File, sharedID)) {
		t.Errorf("%d items in the keyring", fake.count())
	}
	mustPut(t, v, ID{Provider: "openai"}, apiKey("another"))
	if fake.count() != 1 {
		t.Error("a new login is not in the keyring")
	}
}

// No keyring, or a broken one: auto says where the login landed, keyring fails
// and leaves nothing behind.
func TestKeyringThatFails(t *testing.T) {
	for name, set := range map[string]func(*Vault, *fakeRing){
		"broken": func(_ *Vault, fake *fakeRing) { fake.err = errors.New("org.freedesktop.DBus.Error.ServiceUnknown") },
		"small":  func(_ *Vault, fake *fakeRing) { fake.err = keyring.ErrSetDataTooBig },
		"absent": func(v *Vault, _ *fakeRing) { v.ring.absent = "there is no session bus" },
	} {
		t.Run(name, func(t *testing.T) {
			v, fake := newVault(t, ModeAuto)
			set(v, fake)
			notes := mustPut(t, v, workID, apiKey("secret-key"))
			path := mustPath(t, v.File, workID)
			if len(notes) != 1 || !strings.Contains(string(notes[0]), "keyring") || !strings.Contains(string(notes[0]), path) ||
				strings.Contains(string(notes[0]), "secret-key") {
				t.Errorf("notes %q", notes)
			}
			if where, _ := v.Path(workID); where != path || mustGet(t, v, workID).Secret.Reveal() != "secret-key" {
				t.Errorf("it is in %s", where)
			}
			v.setMode(ModeKeyring)
			other := ID{Provider: "openai", Name: "other"}
			_, err := v.Put(t.Context(), other, apiKey("secret-key"))
			if e := sdk.AsError(err); err == nil || !strings.Contains(e.Hint, "QWEN_CREDENTIAL_STORE") {
				t.Errorf("error %v", err)
			}
			if ids, err := v.List(t.Context()); err != nil || len(ids) != 1 {
				t.Errorf("left: %v, %v", ids, err)
			}
		})
	}
}

// A keyring that waits for the person is given up on, and what it does later is
// taken back.
func TestKeyringThatHangs(t *testing.T) {
	root := filepath.Join(t.TempDir(), ".qwen")
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeRing{delay: time.Minute}
		v := New(root, Options{Mode: func() (Mode, error) { return ModeAuto, nil }})
		v.ring.ring = fake
		start := time.Now()
		notes, err := v.Put(t.Context(), workID, apiKey("k"))
		if err != nil || len(notes) != 1 || !strings.Contains(string(notes[0]), "did not answer within 3s") {
			t.Errorf("notes %q, %v", notes, err)
		}
		if d := time.Since(start); d != keyringPatience {
			t.Errorf("it took %v", d)
		}
		time.Sleep(5 * time.Minute)
		if fake.count() != 0 {
			t.Error("a copy arrived in the keyring in the end")
		}
		if c, err := v.Get(t.Context(), workID); err != nil || c.Secret.Reveal() != "k" {
			t.Errorf("%v", err)
		}
	})
}

func TestKeyringCallIsCancelled(t *testing.T) {
	v, fake := newVault(t, ModeKeyring)
	mustPut(t, v, workID, apiKey("k"))
	synctest.Test(t, func(t *testing.T) {
		fake.delay = time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := v.Get(ctx, workID); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		time.Sleep(time.Hour)
	})
}

// Wherever a move is interrupted, the newest credential is the one that is found.
func TestInterruptedMove(t *testing.T) {
	v, fake := newVault(t, ModeFile)
	mustPut(t, v, workID, apiKey("old"))
	e, err := v.entry(workID)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.writeMark(e); err != nil { // killed before the keyring had it
		t.Fatal(err)
	}
	if got := mustGet(t, v, workID).Secret.Reveal(); got != "old" {
		t.Errorf("got %q", got)
	}
	if err := fake.Set(keyringService, e.path, `{"api_key":"new"}`); err != nil { // killed before the file was gone
		t.Fatal(err)
	}
	if got := mustGet(t, v, workID).Secret.Reveal(); got != "new" {
		t.Errorf("got %q", got)
	}
	if err := v.Delete(t.Context(), workID); err != nil || onDisk(e.path) || onDisk(e.mark) || fake.count() != 0 {
		t.Errorf("a copy is left: %v", err)
	}
}

func TestKeyringItemThatIsGoneOrDamaged(t *testing.T) {
	v, fake := newVault(t, ModeKeyring)
	mustPut(t, v, workID, apiKey("k"))
	for name := range fake.items {
		fake.items[name] = `{"api_key":`
	}
	if _, err := v.Get(t.Context(), workID); !errors.Is(err, ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
	if _, err := v.Put(t.Context(), workID, apiKey("k2")); !errors.Is(err, ErrDamaged) {
		t.Errorf("damaged, Put: %v", err)
	}
	clear(fake.items)
	if _, err := v.Get(t.Context(), workID); !errors.Is(err, ErrNotFound) {
		t.Errorf("gone: %v", err)
	}
	if err := v.Delete(t.Context(), workID); err != nil {
		t.Error(err)
	}
}

// What cannot be taken out of the keyring stays in the list, to be tried again.
func TestDeleteFromBrokenKeyring(t *testing.T) {
	v, fake := newVault(t, ModeKeyring)
	mustPut(t, v, workID, apiKey("k"))
	fake.err = errors.New("locked")
	if err := v.Delete(t.Context(), workID); err == nil || !strings.Contains(err.Error(), "locked") {
		t.Errorf("error %v", err)
	}
	if ids, err := v.List(t.Context()); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestVaultModeError(t *testing.T) {
	v, _ := newVault(t, "wallet")
	if _, err := v.Put(t.Context(), workID, apiKey("k")); err == nil {
		t.Error("an unknown mode is accepted")
	}
	wrong := errors.New("wrong")
	v.mode = func() (Mode, error) { return "", wrong }
	if _, err := v.Put(t.Context(), workID, apiKey("k")); !errors.Is(err, wrong) {
		t.Errorf("error %v", err)
	}
}

func TestKeyringAbsence(t *testing.T) {
	for _, tc := range []struct {
		system, environ string
		bus             bool
		used            bool
	}{
		{"linux", "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus", false, true},
		{"linux", "XDG_RUNTIME_DIR=/run/user/1000", true, true},
		{"linux", "XDG_RUNTIME_DIR=/run/user/1000", false, false},
		{"linux", "DBUS_SESSION_BUS_ADDRESS=autolaunch:", false, false},
		{"linux", "", true, false},
		{"freebsd", "", false, false},
		{"darwin", "", false, true},
		{"windows", "", false, true},
		{"darwin", "CI=true", false, false},
		{"darwin", "CI=false", false, true},
	} {
		getenv := func(name string) string {
			key, value, _ := strings.Cut(tc.environ, "=")
			if key == name {
				return value
			}
			return ""
		}
		why := KeyringAbsence(tc.system, getenv, func(string) bool { return tc.bus })
		if (why == "") != tc.used {
			t.Errorf("%+v: %q", tc, why)
		}
	}
}

// The real thing, where it can be had: GNOME Keyring on a bus of its own.
func TestGnomeKeyring(t *testing.T) {
	if os.Getenv("QWEN_TEST_KEYRING") != "" {
		v := New(filepath.Join(t.TempDir(), ".qwen"), Options{Mode: func() (Mode, error) { return ModeKeyring, nil }})
		testStore(t, v)
		return
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	const script = `printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" -test.run='^TestGnomeKeyring$' -test.v`
	cmd := exec.CommandContext(ctx, "dbus-run-session", "--", "sh", "-c", script, os.Args[0])
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "QWEN_TEST_KEYRING=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
