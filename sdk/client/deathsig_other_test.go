//go:build unix && !linux

package client_test

const hasParentDeathSignal = false
