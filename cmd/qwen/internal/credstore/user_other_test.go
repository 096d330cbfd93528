//go:build unix && !linux

package credstore

import (
	"os"
	"testing"
)

func asOrdinaryUser(t *testing.T, _ string) {
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
}
