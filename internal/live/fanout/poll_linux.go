package fanout

import (
	"errors"
	"syscall"
	"unsafe"
)

// The few system calls the loops are made of.

const (
	// Level-triggered throughout: what one read left is told again.
	readable     = syscall.EPOLLIN | syscall.EPOLLRDHUP
	writable     = syscall.EPOLLOUT
	gonePeer     = syscall.EPOLLHUP | syscall.EPOLLERR
	userTimeout  = 18 // TCP_USER_TIMEOUT of linux/tcp.h: ms that sent data may stay unacknowledged
	dupAbove     = 1030
	eventfdFlags = syscall.O_CLOEXEC | syscall.O_NONBLOCK
)

func newBell() (int, error) {
	fd, _, e := syscall.RawSyscall(syscall.SYS_EVENTFD2, 0, eventfdFlags, 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), nil
}

func ring(bell int) {
	one := [8]byte{1}
	_, _ = syscall.Write(bell, one[:]) // full means rung already
}

func quiet(bell int) {
	var b [8]byte
	_, _ = syscall.Read(bell, b[:]) // empty means quiet already
}

// dup takes a descriptor of our own, beside the poller's of the runtime.
func dup(fd uintptr) (int, error) {
	n, _, e := syscall.Syscall(syscall.SYS_FCNTL, fd, dupAbove, 0) // F_DUPFD_CLOEXEC
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}

func watch(ep, op, fd int, events uint32, slot int32) error {
	return syscall.EpollCtl(ep, op, fd, &syscall.EpollEvent{Events: events, Fd: slot})
}

// send writes what the socket takes now; again says that it takes no more.
func send(fd int, b []byte) (n int, again bool, err error) {
	for {
		r, _, e := syscall.Syscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), sendFlags, 0, 0)
		switch {
		case e == 0:
			return int(r), int(r) < len(b), nil
		case errors.Is(e, syscall.EAGAIN):
			return 0, true, nil
		case !errors.Is(e, syscall.EINTR):
			return 0, false, e
		}
	}
}

const sendFlags = syscall.MSG_DONTWAIT | syscall.MSG_NOSIGNAL

// receive reads what is there; done says that the peer is gone.
func receive(fd int, b []byte) (n int, done bool) {
	for {
		n, err := syscall.Read(fd, b)
		switch {
		case err == nil:
			return n, n == 0
		case errors.Is(err, syscall.EAGAIN):
			return 0, false
		case !errors.Is(err, syscall.EINTR):
			return 0, true
		}
	}
}
