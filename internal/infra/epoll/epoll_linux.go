package epoll

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"
)

const (
	dupAbove     = 1030 // F_DUPFD_CLOEXEC
	eventfdFlags = syscall.O_CLOEXEC | syscall.O_NONBLOCK
	sendFlags    = syscall.MSG_DONTWAIT | syscall.MSG_NOSIGNAL
)

// Open makes an epoll descriptor whose bell tells in the given slot when it was rung.
func Open(bellSlot int32) (ep, bell int, err error) {
	if ep, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return -1, -1, fmt.Errorf("make epoll: %w", err)
	}
	if bell, err = newBell(); err == nil {
		err = Watch(ep, syscall.EPOLL_CTL_ADD, bell, syscall.EPOLLIN, bellSlot)
	}
	if err != nil {
		return -1, -1, errors.Join(fmt.Errorf("make bell: %w", err), syscall.Close(ep))
	}
	return ep, bell, nil
}

func newBell() (int, error) {
	fd, _, e := syscall.RawSyscall(syscall.SYS_EVENTFD2, 0, eventfdFlags, 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), nil
}

// Ring wakes the thread that watches the bell.
func Ring(bell int) {
	one := [8]byte{1}
	_, _ = syscall.Write(bell, one[:]) // full means rung already
}

// Quiet takes back what was rung.
func Quiet(bell int) {
	var b [8]byte
	_, _ = syscall.Read(bell, b[:]) // empty means quiet already
}

// Dup takes a descriptor of the caller's own, beside the one of the runtime's poller.
func Dup(fd uintptr) (int, error) {
	n, _, e := syscall.Syscall(syscall.SYS_FCNTL, fd, dupAbove, 0)
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}

// Watch adds, changes or removes (op: EPOLL_CTL_…) what is told of a descriptor; its events carry slot.
func Watch(ep, op, fd int, events uint32, slot int32) error {
	return syscall.EpollCtl(ep, op, fd, &syscall.EpollEvent{Events: events, Fd: slot})
}

// Send writes what the socket takes now of head and then body, in one call; again says that it takes no more.
//
// Send and Receive never wait, so the scheduler is not told of them (RawSyscall): told, it would take the processor
// away from a thread that is back some microseconds later, and its watcher would never sleep for long, which cost
// a tenth of what sending costs.
func Send(fd int, head, body []byte) (n int, again bool, err error) {
	parts := [2]syscall.Iovec{{Base: unsafe.SliceData(head)}, {Base: unsafe.SliceData(body)}}
	parts[0].SetLen(len(head))
	parts[1].SetLen(len(body))
	msg := syscall.Msghdr{Iov: &parts[0], Iovlen: 2}
	for {
		r, _, e := syscall.RawSyscall(syscall.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), sendFlags)
		switch {
		case e == 0:
			return int(r), int(r) < len(head)+len(body), nil
		case errors.Is(e, syscall.EAGAIN):
			return 0, true, nil
		case !errors.Is(e, syscall.EINTR):
			return 0, false, e
		}
	}
}

// Receive reads what is there: 0 and no error when that is nothing, gone when nothing will come any more.
func Receive(fd int, b []byte) (n int, gone bool) {
	for {
		r, _, e := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		switch {
		case e == 0:
			return int(r), r == 0
		case errors.Is(e, syscall.EAGAIN):
			return 0, false
		case !errors.Is(e, syscall.EINTR):
			return 0, true
		}
	}
}
