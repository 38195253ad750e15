package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	headerTime      = "Sandbox-Timestamp"
	headerSignature = "Sandbox-Signature"
)

// maxSkew is how old a signed message may be, either way: it bounds how long a copied one is worth
// anything. Replays within it are harmless because every message is idempotent.
const maxSkew = 5 * time.Minute

// maxBody bounds what either side reads: the largest message is a few hundred bytes.
const maxBody = 64 << 10

func sign(secret []byte, timestamp, method, path string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	for _, part := range []string{timestamp, method, path} {
		mac.Write([]byte(part))
		mac.Write([]byte{'\n'})
	}
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// verify refuses a message that was not signed with the secret within maxSkew of nowMS.
func verify(secret []byte, nowMS int64, header func(string) string, method, path string, body []byte) error {
	timestamp := header(headerTime)
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || at < nowMS-maxSkew.Milliseconds() || at > nowMS+maxSkew.Milliseconds() {
		return errs.ForProgram(errs.Unauthorized, "signature_expired", "the message is too old or carries no time")
	}
	given, err := hex.DecodeString(header(headerSignature))
	if err != nil {
		return errs.ForProgram(errs.Unauthorized, "signature_invalid", "the signature is not valid")
	}
	want, _ := hex.DecodeString(sign(secret, timestamp, method, path, body))
	if !hmac.Equal(given, want) {
		return errs.ForProgram(errs.Unauthorized, "signature_invalid", "the signature is not valid")
	}
	return nil
}
