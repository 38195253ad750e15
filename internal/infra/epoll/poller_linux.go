package epoll

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// Poller waits for an epoll descriptor in the runtime's own poller, which watches it as it watches any other. A
// goroutine that waits so holds no thread; one that slept in epoll_wait would cost a thread, a hand-over of its
// processor at each sleep, and a scheduler whose watcher never rests.
type Poller struct {
	ep   int
	bell int
	file *os.File // owns ep
	raw  syscall.RawConn
}

// NewPoller makes an epoll descriptor whose bell tells in the given slot when it was rung.
func NewPoller(bellSlot int32) (*Poller, error) {
	ep, bell, err := Open(bellSlot)
	if err != nil {
		return nil, err
	}
	p := &Poller{ep: ep, bell: bell}
	if err = syscall.SetNonblock(ep, true); err == nil { // what makes os.NewFile hand it to the poller
		p.file = os.NewFile(uintptr(ep), "epoll")
		p.raw, err = p.file.SyscallConn()
	}
	if err == nil {
		err = p.file.SetReadDeadline(time.Time{}) // fails where it is not being watched
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("watch epoll: %w", err), p.Close())
	}
	return p, nil
}

// Close ends it; nobody may wait or ring any more.
func (p *Poller) Close() error {
	err := syscall.Close(p.bell)
	if p.file != nil {
		return errors.Join(err, p.file.Close())
	}
	return errors.Join(err, syscall.Close(p.ep))
}

// Ring wakes the waiting goroutine.
func (p *Poller) Ring() { Ring(p.bell) }

// Quiet takes back what was rung.
func (p *Poller) Quiet() { Quiet(p.bell) }

// Watch is the package's, for this descriptor.
func (p *Poller) Watch(op, fd int, events uint32, slot int32) error {
	return Watch(p.ep, op, fd, events, slot)
}

// Until bounds the waits that follow: so much from now, by the machine's clock, they return nothing.
func (p *Poller) Until(d time.Duration) error {
	return p.file.SetReadDeadline(clock.Real{}.Now().Add(d))
}

// Wait fills events. patient waits for the first one, or the time set by Until; late says that it has come.
func (p *Poller) Wait(events []syscall.EpollEvent, patient bool) (n int, late bool, err error) {
	if !patient {
		n, err = p.look(p.ep, events)
		return n, false, err
	}
	wait := p.raw.Read(func(fd uintptr) bool {
		n, err = p.look(int(fd), events)
		return n > 0 || err != nil
	})
	switch {
	case err != nil || wait == nil:
		return n, false, err
	case errors.Is(wait, os.ErrDeadlineExceeded):
		return 0, true, nil
	}
	return 0, false, fmt.Errorf("wait for epoll: %w", wait)
}

// look takes the events that are there.
func (p *Poller) look(ep int, events []syscall.EpollEvent) (int, error) {
	for {
		r, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(ep), uintptr(unsafe.Pointer(unsafe.SliceData(events))), uintptr(len(events)), 0, 0, 0)
		switch {
		case e == 0:
			return int(r), nil
		case !errors.Is(e, syscall.EINTR):
			return 0, fmt.Errorf("epoll_wait: %w", e)
		}
	}
}
