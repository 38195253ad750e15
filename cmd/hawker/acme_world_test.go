package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
)

// port is one nobody listens on now.
func port(t *testing.T) string {
	t.Helper()
	_, n, err := net.SplitHostPort(freePort(t))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func fetch(url string) ([]byte, error) {
	r, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d", url, r.StatusCode)
	}
	return b, err
}

// answerEveryName is a name server (RFC 1035, over TCP as pebble asks) for which every name is this machine.
func answerEveryName(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go converse(c)
		}
	}()
	return l.Addr().String()
}

// converse answers the questions of a connection, each with its length before it.
func converse(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		var n uint16
		if binary.Read(c, binary.BigEndian, &n) != nil {
			return
		}
		q := make([]byte, n)
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		answer := here(q)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil || answer == nil {
			return
		}
	}
}

// here answers a question for an A record with 127.0.0.1, any other with nothing.
func here(q []byte) []byte {
	const header = 12
	end := header
	for end < len(q) && q[end] != 0 {
		end += int(q[end]) + 1
	}
	if end += 5; end > len(q) { // the name's end, type and class
		return nil
	}
	isA := q[end-4] == 0 && q[end-3] == 1
	out := append([]byte{q[0], q[1], 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0}, q[header:end]...)
	if isA {
		out[7] = 1
		out = append(out, 0xc0, header, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1)
	}
	return out
}
