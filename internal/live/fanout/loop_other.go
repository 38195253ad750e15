//go:build !linux

package fanout

import "net"

// loop is Linux's; elsewhere every viewer has a goroutine.
type loop struct{ done chan struct{} }

func (*loop) tell(*room) {}
func (*loop) end()       {}
func (*loop) cut()       {}

func (h *Hub) handOver(net.Conn, viewer) bool { return false }
