package rtmp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
)

const (
	rtmpVersion   = 3
	handshakeSize = 1536
	digestSize    = sha256.Size
	// serverVersion in S1 tells a client that digests are understood; it names no real product.
	serverVersion = 0x05000101
)

// The constants of the digest handshake, the same in every implementation. The first 30 and 36
// bytes sign C1 and S1, the whole signs C2 and S2.
var (
	clientKey = append([]byte("Genuine Adobe Flash Player 001"), keySuffix...)
	serverKey = append([]byte("Genuine Adobe Flash Media Server 001"), keySuffix...)
	keySuffix = []byte{
		0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57,
		0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae,
	}
)

const (
	clientKeyName = 30
	serverKeyName = 36
)

// digestBases are where the two schemes keep the four bytes that place the digest.
var digestBases = [...]int{8, 772}

// acceptHandshake answers C0 C1 with S0 S1 S2 and reads C2. A client whose C1 carries a digest of
// either scheme gets the digest handshake, any other the simple one of the RTMP specification 5.2.
// C2 is read and not judged: several encoders fill it carelessly.
func acceptHandshake(rw io.ReadWriter, random io.Reader) error {
	var c [1 + handshakeSize]byte
	if _, err := io.ReadFull(rw, c[:]); err != nil {
		return fmt.Errorf("read C0 C1: %w", err)
	}
	if c[0] != rtmpVersion {
		return fmt.Errorf("RTMP version %d, only %d is spoken here", c[0], rtmpVersion)
	}
	c1 := c[1:]
	s := make([]byte, 1+2*handshakeSize)
	s[0] = rtmpVersion
	if _, err := io.ReadFull(random, s[1:]); err != nil {
		return fmt.Errorf("handshake randomness: %w", err)
	}
	s1, s2 := s[1:1+handshakeSize], s[1+handshakeSize:]
	clear(s1[:8])
	if scheme, digest, ok := findDigest(c1, clientKey[:clientKeyName]); ok {
		binary.BigEndian.PutUint32(s1[4:], serverVersion)
		at := digestOffset(s1, digestBases[scheme])
		copy(s1[at:], digestOf(s1, at, serverKey[:serverKeyName]))
		signReply(s2, serverKey, digest)
	} else {
		copy(s2, c1)
	}
	if _, err := rw.Write(s); err != nil {
		return fmt.Errorf("write S0 S1 S2: %w", err)
	}
	if _, err := io.ReadFull(rw, c1); err != nil {
		return fmt.Errorf("read C2: %w", err)
	}
	return nil
}

// findDigest looks for a valid digest in C1 or S1 and tells its scheme.
func findDigest(b, key []byte) (scheme int, digest []byte, ok bool) {
	if binary.BigEndian.Uint32(b[4:]) == 0 {
		return 0, nil, false
	}
	for i, base := range digestBases {
		at := digestOffset(b, base)
		if found := b[at : at+digestSize]; hmac.Equal(found, digestOf(b, at, key)) {
			return i, bytes.Clone(found), true
		}
	}
	return 0, nil, false
}

func digestOffset(b []byte, base int) int {
	sum := int(b[base]) + int(b[base+1]) + int(b[base+2]) + int(b[base+3])
	return base + 4 + sum%728
}

func digestOf(b []byte, at int, key []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(b[:at])
	m.Write(b[at+digestSize:])
	return m.Sum(nil)
}

// signReply fills the end of C2 or S2 with proof of having read the peer's digest.
func signReply(b, key, digest []byte) {
	k := hmac.New(sha256.New, key)
	k.Write(digest)
	m := hmac.New(sha256.New, k.Sum(nil))
	m.Write(b[:handshakeSize-digestSize])
	copy(b[handshakeSize-digestSize:], m.Sum(nil))
}
