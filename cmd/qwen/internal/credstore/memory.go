package credstore

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/qwen-cli/qwen/sdk"
)

// Memory is a store that forgets everything with the process, for tests. Its
// zero value is not usable; see [NewMemory].
type Memory struct {
	mu          sync.Mutex
	credentials map[ID]*sdk.Credential
	locks       map[ID]chan struct{}
}

var (
	_ Store  = (*Memory)(nil)
	_ Locker = (*Memory)(nil)
)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{credentials: make(map[ID]*sdk.Credential), locks: make(map[ID]chan struct{})}
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, id ID) (*sdk.Credential, error) {
	id, err := id.canonical()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.credentials[id]
	if !ok {
		return nil, notInMemory(id)
	}
	return c.Clone(), nil
}

func notInMemory(id ID) error {
	return &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "no login is stored for " + id.String(), Err: ErrNotFound}
}

// Put implements [Store].
func (m *Memory) Put(ctx context.Context, id ID, c *sdk.Credential) ([]Note, error) {
	id, err := id.canonical()
	if err != nil {
		return nil, err
	}
	if _, err := toDisk(c); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.credentials[id] = c.Clone()
	return nil, nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, id ID) error {
	id, err := id.canonical()
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.credentials[id]; !ok {
		return notInMemory(id)
	}
	delete(m.credentials, id)
	return nil
}

// List implements [Store].
func (m *Memory) List(ctx context.Context) ([]ID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Keys(m.credentials), compareIDs), nil
}

// Lock implements [Locker], within this process.
func (m *Memory) Lock(ctx context.Context, id ID) (unlock func() error, err error) {
	id, err = id.canonical()
	if err != nil {
		return nil, err
	}
	lock := m.lock(id)
	select {
	case lock <- struct{}{}:
		return func() error { <-lock; return nil }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (m *Memory) lock(id ID) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks[id] == nil {
		m.locks[id] = make(chan struct{}, 1)
	}
	return m.locks[id]
}
