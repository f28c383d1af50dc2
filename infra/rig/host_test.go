package rig

import (
	"errors"
	"strings"
	"testing"
)

func TestHost(t *testing.T) {
	t.Run("FailureOfTheRigIsAnError", func(t *testing.T) {
		h := NewHost(t.Context(), t.TempDir())
		err := Guard(func() error {
			New(h, Config{Functions: []string{"nothing"}})
			return nil
		})
		h.Close()
		if err == nil || !strings.Contains(err.Error(), "nothing") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("OtherPanicsAreNot", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("a fault of who uses the rig was taken for an error")
			}
		}()
		_ = Guard(func() error { panic(errors.New("another")) })
	})
}
