package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

const (
	stateFile    = "qwen.json"
	maxState     = 64 << 10
	fieldCurrent = "current"
)

// State is the file that remembers which connection is in use. It holds no secret.
// Reading and writing are one step each: a reader sees the file as it was before
// a change or after it.
type State struct{ path string }

// NewState returns the state in a state root.
func NewState(root string) *State { return &State{filepath.Join(root, stateFile)} }

// Path returns the path of the file.
func (s *State) Path() string { return s.path }

// A Connection is what can be in use: a stored login, or a service whose key is in
// a variable.
type Connection struct {
	credstore.ID
	KeyEnv string // the variable; "" for a login
}

// current is a connection as the file has it.
type current struct {
	Provider string `json:"provider"`
	Endpoint string `json:"endpoint,omitempty"`
	Profile  string `json:"profile,omitempty"`
	KeyEnv   string `json:"key_env,omitempty"`
}

// Current returns the connection in use; false if nobody has chosen one.
func (s *State) Current() (Connection, bool, error) {
	fields, err := s.read()
	if err != nil || fields[fieldCurrent] == nil {
		return Connection{}, false, err
	}
	var c current
	if err := json.Unmarshal(fields[fieldCurrent], &c); err != nil {
		return Connection{}, false, s.damaged()
	}
	id := credstore.ID{Provider: c.Provider, Endpoint: c.Endpoint, Name: c.Profile}
	return Connection{id, c.KeyEnv}, c.Provider != "", nil
}

// SetCurrent makes c the connection in use. Fields of the file that this version
// does not know stay in it.
func (s *State) SetCurrent(c Connection) error {
	raw, err := json.Marshal(current{Provider: c.Provider, Endpoint: c.Endpoint, Profile: c.Name, KeyEnv: c.KeyEnv})
	if err != nil {
		return err
	}
	return s.change(func(fields map[string]json.RawMessage) { fields[fieldCurrent] = raw })
}

// Forget makes no connection the one in use.
func (s *State) Forget() error {
	return s.change(func(fields map[string]json.RawMessage) { delete(fields, fieldCurrent) })
}

func (s *State) change(edit func(map[string]json.RawMessage)) error {
	fields, err := s.read()
	if err != nil {
		return err
	}
	edit(fields)
	data, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		return err
	}
	return s.replace(append(data, '\n'))
}

// read returns the fields of the file, none if there is no file.
func (s *State) read() (map[string]json.RawMessage, error) {
	fields := make(map[string]json.RawMessage)
	info, err := os.Lstat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fields, nil
	case err != nil:
		return nil, s.failed("read", err)
	case !info.Mode().IsRegular():
		return nil, sdk.Errorf(sdk.KindConfig, "%s is not a regular file", s.path).
			WithHint("Move it away.")
	}
	file, err := os.Open(s.path)
	if err != nil {
		return nil, s.failed("read", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxState+1))
	if err != nil {
		return nil, s.failed("read", err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(data) > maxState || json.Unmarshal(data, &fields) != nil || fields == nil {
		return nil, s.damaged()
	}
	return fields, nil
}

// damaged is the error for a file that makes no sense. It is never written over:
// somebody may have meant something by it.
func (s *State) damaged() error {
	return sdk.Errorf(sdk.KindConfig, "%s is damaged", s.path).
		WithHint("Repair it or move it away; it only says which login is in use, and was left as it is.")
}

func (s *State) failed(verb string, err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return sdk.Errorf(sdk.KindConfig, "cannot %s %s: %w", verb, s.path, err)
}

// replace puts data in the place of the file, by way of a temporary file beside
// it. CreateTemp makes that with mode 0600.
func (s *State) replace(data []byte) error {
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return s.failed("write", err)
	}
	temp, err := os.CreateTemp(dir, stateFile+".tmp.*")
	if err != nil {
		return s.failed("write", err)
	}
	defer os.Remove(temp.Name()) // fails once it has been renamed, as it should
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Chmod(0o600), temp.Sync(), temp.Close()); err != nil {
		return s.failed("write", err)
	}
	if err := os.Rename(temp.Name(), s.path); err != nil {
		return s.failed("write", fmt.Errorf("replace it: %w", err))
	}
	return nil
}
