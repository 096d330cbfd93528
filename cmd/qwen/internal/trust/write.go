package trust

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"
)

// Set adds a rule for a folder to the file at path, in place of the one that the
// file has for it. All else in the file stays, comments included. The file is
// for its owner only, and is exchanged whole. Two processes that do this in the
// same moment do not damage it, but one of the rules may be lost.
func Set(path, folder string, level Level) error {
	folder, err := ruleFolder(path, folder)
	if err != nil {
		return err
	}
	return change(path, operation{Op: "add", Path: pointer(folder), Value: level})
}

// Remove takes the rule for exactly this folder out of the file at path. It
// reports whether there was one.
func Remove(path, folder string) (bool, error) {
	folder, err := ruleFolder(path, folder)
	if err != nil {
		return false, err
	}
	list, err := Read(path)
	if err != nil || list.value.Find(pointer(folder)) == nil {
		return false, err
	}
	return true, change(path, operation{Op: "remove", Path: pointer(folder)})
}

// ruleFolder returns the form in which rules name a folder.
func ruleFolder(path, folder string) (string, error) {
	if !filepath.IsAbs(path) || !filepath.IsAbs(folder) {
		return "", errors.New("trust: paths must be absolute")
	}
	if folder = resolve(folder); !utf8.ValidString(folder) {
		return "", &Error{path, "cannot name a folder whose path is not UTF-8"}
	}
	return folder, nil
}

// An operation is one of a JSON patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value Level  `json:"value,omitempty"`
}

// pointer returns the JSON pointer (RFC 6901) of a member of the top object.
func pointer(name string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// change applies one operation to the file at path, as it is now.
func change(path string, op operation) error {
	list, err := Read(path)
	if err != nil {
		return err
	}
	patch, err := json.Marshal([]operation{op})
	if err != nil {
		return err
	}
	if err := list.value.Patch(patch); err != nil {
		return &Error{path, "could not be changed"}
	}
	if m := members(&list.value, op.Path); len(m) > 1 || len(m) == 1 && op.Op == "remove" {
		return &Error{path, "has more than one rule for this folder"}
	}
	layOut(&list.value)
	return replace(path, append(trimmed(list.value.Pack()), '\n'))
}

// members returns the members of the top object that a pointer could mean.
func members(v *hujson.Value, pointed string) []hujson.ObjectMember {
	return slices.DeleteFunc(slices.Clone(v.Value.(*hujson.Object).Members), func(m hujson.ObjectMember) bool {
		name, _ := text(m.Name)
		return pointer(name) != pointed
	})
}

func trimmed(data []byte) []byte { return []byte(strings.TrimSpace(string(data))) }

// layOut puts each new member on a line of its own.
func layOut(v *hujson.Value) {
	object := v.Value.(*hujson.Object) // as parse has checked
	for i := range object.Members {
		if m := &object.Members[i]; len(m.Name.BeforeExtra) == 0 {
			m.Name.BeforeExtra = hujson.Extra("\n  ")
			if len(m.Value.BeforeExtra) == 0 {
				m.Value.BeforeExtra = hujson.Extra(" ")
			}
		}
	}
	if len(object.AfterExtra) == 0 && len(object.Members) > 0 {
		object.AfterExtra = hujson.Extra("\n")
	}
}

// replace exchanges the contents of the file at path. Where that is a symbolic
// link, as dotfiles often are, it is the target that is exchanged.
func replace(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return writeError(path, err)
	}
	temp, err := os.CreateTemp(dir, filepath.Base(path)+".tmp.*")
	if err != nil {
		return writeError(path, err)
	}
	defer os.Remove(temp.Name()) // fails once it has been renamed, as it should
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(0o600), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return writeError(path, err)
	}
	return nil
}

func writeError(path string, err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return &Error{path, "cannot be written: " + err.Error()}
}
