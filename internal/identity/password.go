package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/hawker-live/hawker/internal/errs"
)

// HashCost is the price of one argon2id hash (RFC 9106).
type HashCost struct {
	MemoryKiB uint32
	Passes    uint32
}

// StandardCost is OWASP's first recommendation: 19 MiB, two passes, about 12 ms of one core.
var StandardCost = HashCost{MemoryKiB: 19 * 1024, Passes: 2}

const (
	saltBytes = 16
	keyBytes  = 32
)

// Hasher runs argon2id on a bounded pool: at most slots at once and queue waiting, so that a login
// storm costs a known amount of memory and CPU.
type Hasher struct {
	cost  HashCost
	slots chan struct{}
	queue chan struct{}
	dummy string
}

// NewHasher allows slots hashes at once and queue callers waiting beyond them.
func NewHasher(cost HashCost, slots, queue int) *Hasher {
	h := &Hasher{cost: cost, slots: make(chan struct{}, slots), queue: make(chan struct{}, slots+queue)}
	h.dummy = h.encode("", make([]byte, saltBytes))
	return h
}

// Hash returns the encoded hash of a password with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	var out string
	err := h.run(ctx, func() { out = h.encode(password, salt) })
	return out, err
}

// Matches compares in constant time. An empty hash (no such user) costs the same and never matches.
func (h *Hasher) Matches(ctx context.Context, encoded, password string) (bool, error) {
	known := encoded != ""
	if !known {
		encoded = h.dummy
	}
	var same bool
	err := h.run(ctx, func() { same = verify(encoded, password) })
	return same && known, err
}

// Load is how many hashes are computed now and how many callers wait for a slot.
func (h *Hasher) Load() (running, waiting int) {
	running = len(h.slots)
	return running, max(len(h.queue)-running, 0)
}

func (h *Hasher) run(ctx context.Context, work func()) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return errs.New(errs.Busy, "sign_in_busy", "many people are signing in; try again in a moment").After(2000)
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		return err // whoever has gone costs nothing, also when a slot was free
	}
	work()
	return nil
}

func (h *Hasher) encode(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, h.cost.Passes, h.cost.MemoryKiB, 1, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.cost.MemoryKiB, h.cost.Passes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// verify reads the cost from the stored form, so that raising StandardCost keeps old passwords valid.
func verify(encoded, password string) bool {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, passes uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
