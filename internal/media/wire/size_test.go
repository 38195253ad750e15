//go:build linux

package wire

import (
	"testing"
	"unsafe"
)

// TestConn_IsSmall: there are tens of thousands, and maxConns rests on it.
func TestConn_IsSmall(t *testing.T) {
	if n := unsafe.Sizeof(conn{}); n > 256 {
		t.Errorf("a connection is %d bytes", n)
	}
}
