package identity_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
)

func TestHasher_KeepsAPasswordOnlyAsArgon2id(t *testing.T) {
	ctx := t.Context()
	h := identity.NewHasher(identity.StandardCost, 1, 0)
	one, err := h.Hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") || one == two || strings.Contains(one, password) {
		t.Errorf("hashes %s and %s", one, two)
	}
	for _, tc := range []struct {
		encoded, password string
		want              bool
	}{
		{one, password, true}, {two, password, true}, {one, password + " ", false}, {one, "", false},
		{"", "", false}, {"", password, false}, {"$argon2id$v=19$m=x", password, false}, {strings.Replace(one, "argon2id", "argon2i", 1), password, false},
		{one[:len(one)-2], password, false}, {"plain", "plain", false},
	} {
		if got, err := h.Matches(ctx, tc.encoded, tc.password); err != nil || got != tc.want {
			t.Errorf("Matches(%q, %q) = %v, %v", tc.encoded, tc.password, got, err)
		}
	}
}

func TestHasher_ReadsTheCostFromTheStoredForm(t *testing.T) {
	old, err := identity.NewHasher(cheap, 1, 0).Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := identity.NewHasher(identity.StandardCost, 1, 0).Matches(t.Context(), old, password); err != nil || !ok {
		t.Errorf("a password of a cheaper time: %v, %v", ok, err)
	}
}

func TestHasher_RefusesWhenItsQueueIsFullAndRecovers(t *testing.T) {
	// One slot and one waiter; a slow hash holds the slot.
	h := identity.NewHasher(identity.HashCost{MemoryKiB: 64 * 1024, Passes: 4}, 1, 1)
	got := atOnce(12, func(int) error {
		_, err := h.Hash(t.Context(), password)
		return err
	})
	if got[""] < 2 || got["sign_in_busy"] < 1 || got[""]+got["sign_in_busy"] != 12 {
		t.Errorf("outcomes of twelve at once with room for two: %v", got)
	}
	if _, err := h.Hash(t.Context(), password); err != nil {
		t.Errorf("after the storm: %v", err)
	}
}

func TestHasher_WhoeverHasGoneCostsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := identity.NewHasher(cheap, 1, 1)
	for range 50 {
		if _, err := h.Hash(ctx, password); !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled caller got %v", err)
		}
	}
	if _, err := h.Hash(t.Context(), password); err != nil {
		t.Errorf("the slot was not given back: %v", err)
	}
}
