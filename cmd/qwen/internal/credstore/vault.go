package credstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	keyring "github.com/zalando/go-keyring"

	"github.com/qwen-cli/qwen/sdk"
)

// A Mode says where new credentials are kept.
type Mode string

// The modes. Credentials are found wherever they are, whatever the mode.
const (
	// ModeFile keeps them in files.
	ModeFile Mode = "file"

	// ModeKeyring keeps them in the keyring of the operating system, and fails
	// if there is none. What is stored again moves there from its file.
	ModeKeyring Mode = "keyring"

	// ModeAuto keeps new ones in the keyring if there is one that answers, else
	// in files. What is in a file stays there until it is removed, and so does the
	// file that is shared with the established tool.
	ModeAuto Mode = "auto"
)

// Options are what a [Vault] has to know.
type Options struct {
	// Mode is asked for when something is stored. Nil: [ModeFile].
	Mode func() (Mode, error)

	// NoKeyring says why the keyring must not be touched; see [KeyringAbsence].
	// Empty: it may.
	NoKeyring string
}

// A Vault is the store that the user has chosen: files or the keyring of the
// operating system, or both.
//
// The keyring cannot list what is in it. So each credential in it has a file of
// its own in the place of the one that would hold it, which holds nothing but
// that fact. A list needs no keyring then, and nor does a lock.
type Vault struct {
	*File
	ring boundedRing
	mode func() (Mode, error)
}

var (
	_ Store  = (*Vault)(nil)
	_ Locker = (*Vault)(nil)
)

// New returns the store with its files in the directory root.
func New(root string, o Options) *Vault {
	v := &Vault{File: NewFile(root), ring: boundedRing{ring: systemRing{}, absent: o.NoKeyring}, mode: o.Mode}
	if v.mode == nil {
		v.mode = func() (Mode, error) { return ModeFile, nil }
	}
	return v
}

// markSuffix is the end of the name of a file that stands for a credential in the
// keyring.
const markSuffix = ".keyring"

// An entry is a credential and the two places for it. The path of its file is
// also its name in the keyring, so that two state roots do not meet there.
type entry struct {
	id   ID
	path string
	mark string
}

func (v *Vault) entry(id ID) (entry, error) {
	path, err := v.File.Path(id)
	if err != nil {
		return entry{}, err
	}
	id, err = id.canonical()
	return entry{id, path, strings.TrimSuffix(path, fileSuffix) + markSuffix}, err
}

// inKeyring reports whether the keyring holds the credential.
func (e entry) inKeyring() bool { return onDisk(e.mark) }

func onDisk(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Path returns where the credential is, or would be, in words for the user: a
// path, or that it is the keyring.
func (v *Vault) Path(id ID) (string, error) {
	e, err := v.entry(id)
	if err == nil && e.inKeyring() {
		return "the system keyring", nil
	}
	return e.path, err
}

// Get implements [Store].
func (v *Vault) Get(ctx context.Context, id ID) (*sdk.Credential, error) {
	e, err := v.entry(id)
	if err != nil {
		return nil, err
	}
	if !e.inKeyring() {
		return v.File.Get(ctx, id)
	}
	text, err := v.ring.get(ctx, e.path)
	switch {
	case errors.Is(err, keyring.ErrNotFound) && onDisk(e.path):
		return v.File.Get(ctx, id) // it was about to move
	case errors.Is(err, keyring.ErrNotFound):
		return nil, &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "the login " + e.id.String() + " is no longer in the system keyring", Err: ErrNotFound}
	case err != nil:
		return nil, keyringError("read", e.id, err)
	}
	c, err := decode([]byte(text))
	if err != nil {
		return nil, damaged("the login "+e.id.String()+" in the system keyring", err)
	}
	return c, nil
}

// Put implements [Store].
func (v *Vault) Put(ctx context.Context, id ID, c *sdk.Credential) ([]Note, error) {
	e, err := v.entry(id)
	if err != nil {
		return nil, err
	}
	mode, err := v.mode()
	if err != nil {
		return nil, err
	}
	switch mode {
	case ModeFile:
		return v.putFile(ctx, e, c)
	case ModeKeyring:
		return v.putKeyring(ctx, e, c)
	case ModeAuto:
		return v.putAuto(ctx, e, c)
	}
	return nil, sdk.Errorf(sdk.KindConfig, "there is no credential store %q", string(mode))
}

// Ready returns why nothing can be stored, as far as that is known beforehand: a
// sign-in whose result has no place to go should not begin.
func (v *Vault) Ready() error {
	mode, err := v.mode()
	if err != nil || mode != ModeKeyring || v.ring.absent == "" {
		return err
	}
	return withAdvice(sdk.Errorf(sdk.KindConfig, "cannot store a login in the system keyring: %s", v.ring.absent))
}

// putAuto uses the keyring for what is new or already there, if it answers.
func (v *Vault) putAuto(ctx context.Context, e entry, c *sdk.Credential) ([]Note, error) {
	if !e.inKeyring() && (onDisk(e.path) || e.id == sharedID) {
		return v.putFile(ctx, e, c)
	}
	notes, err := v.putKeyring(ctx, e, c)
	if err == nil || errors.Is(err, ErrDamaged) || ctx.Err() != nil {
		return notes, err
	}
	why := Note(fmt.Sprintf("%v; the login is kept in %s, which only you can read", err, e.path))
	notes, err = v.putFile(ctx, e, c)
	return append([]Note{why}, notes...), err
}

// putFile stores a credential in its file and removes the copy in the keyring.
func (v *Vault) putFile(ctx context.Context, e entry, c *sdk.Credential) ([]Note, error) {
	notes, err := v.File.Put(ctx, e.id, c)
	if err != nil || !e.inKeyring() {
		return notes, err
	}
	if err := os.Remove(e.mark); err != nil {
		return notes, writeError(e.mark, err)
	}
	if err := v.ring.remove(ctx, e.path); err != nil {
		notes = append(notes, Note(keyringError("remove", e.id, err).Error()))
	}
	return notes, nil
}

// putKeyring stores a credential in the keyring and removes its file. The mark
// comes first: wherever this is interrupted, the newest credential is found.
func (v *Vault) putKeyring(ctx context.Context, e entry, c *sdk.Credential) ([]Note, error) {
	text, notes, err := encode(c)
	if err != nil {
		return nil, err
	}
	if _, err := v.Get(ctx, e.id); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err // damaged, or out of reach
	}
	var compact bytes.Buffer // Windows takes 2560 bytes
	if err := json.Compact(&compact, text); err != nil {
		return nil, err
	}
	isNew := !e.inKeyring()
	if isNew {
		if err := v.writeMark(e); err != nil {
			return nil, err
		}
	}
	if err := v.ring.set(ctx, e.path, compact.String()); err != nil {
		if isNew {
			_ = os.Remove(e.mark)
		}
		return nil, keyringError("store", e.id, err)
	}
	moved, err := v.dropFile(e)
	return append(notes, moved...), err
}

func (v *Vault) writeMark(e entry) error {
	if err := v.makeDirs(e.path); err != nil {
		return err
	}
	return v.replace(e.mark, []byte("{\"stored_in\": \"keyring\"}\n"))
}

// dropFile removes the copy in a file, now that the keyring has the credential.
func (v *Vault) dropFile(e entry) ([]Note, error) {
	removeLeftovers(e.path, 0)
	switch err := os.Remove(e.path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fileError("cannot remove", e.path, err)
	}
	notes := []Note{Note("the login moved from " + e.path + " to the system keyring")}
	if e.id == sharedID {
		notes = append(notes, "other programs that use "+sharedFile+" are signed out with that")
	}
	return notes, nil
}

// Delete implements [Store].
func (v *Vault) Delete(ctx context.Context, id ID) error {
	e, err := v.entry(id)
	if err != nil {
		return err
	}
	fileErr := v.File.Delete(ctx, id)
	if !e.inKeyring() {
		return fileErr
	}
	if errors.Is(fileErr, ErrNotFound) {
		fileErr = nil
	}
	if err := v.ring.remove(ctx, e.path); err != nil {
		return errors.Join(fileErr, keyringError("remove", e.id, err))
	}
	return errors.Join(fileErr, os.Remove(e.mark))
}

// List implements [Store]. It does not need the keyring.
func (v *Vault) List(ctx context.Context) ([]ID, error) {
	files, err := v.list(fileSuffix)
	if err != nil {
		return nil, err
	}
	marks, err := v.list(markSuffix)
	ids := slices.Concat(files, marks)
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids), err
}
