package fanout

import (
	"errors"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// A small part of io_uring (linux/io_uring.h): batches of SEND that are complete when run returns.

const (
	sysUringSetup = 425 // the same on every architecture
	sysUringEnter = 426

	uringSinglemmap = 1 << 0
	uringGetEvents  = 1 << 0
	uringOffSQ      = 0
	uringOffSQEs    = 0x10000000
	uringOpSend     = 26

	again       = -int32(syscall.EAGAIN)
	interrupted = -int32(syscall.EINTR)
	// untried is what run leaves for a send the kernel did not take.
	untried = -int32(syscall.ECANCELED)
)

// uringParams is struct io_uring_params.
type uringParams struct {
	sqEntries, cqEntries, flags, threadCPU, threadIdle, features, wqFD uint32
	_                                                                  [3]uint32
	sq                                                                 struct {
		head, tail, mask, entries, flags, dropped, array, _ uint32
		_                                                   uint64
	}
	cq struct {
		head, tail, mask, entries, overflow, cqes, flags, _ uint32
		_                                                   uint64
	}
}

// submission is struct io_uring_sqe as far as SEND uses it.
type submission struct {
	op, flags uint8
	ioprio    uint16
	fd        int32
	_         uint64
	addr      uint64
	size      uint32
	msgFlags  uint32
	userData  uint64
	_         [3]uint64
}

// completion is struct io_uring_cqe.
type completion struct {
	userData uint64
	res      int32
	_        uint32
}

// uring belongs to one thread.
type uring struct {
	fd             int
	rings, entries []byte // mapped

	sqTail, cqHead, cqTail *uint32
	cqMask                 uint32
	sqes                   []submission
	cqes                   []completion

	lent [][]byte // what the prepared sends read from
}

func newUring(size uint32) (*uring, error) {
	var p uringParams
	fd, _, e := syscall.Syscall(sysUringSetup, uintptr(size), uintptr(unsafe.Pointer(&p)), 0)
	if e != 0 {
		return nil, e
	}
	u := &uring{fd: int(fd)}
	syscall.CloseOnExec(u.fd)
	if p.features&uringSinglemmap == 0 {
		u.close()
		return nil, errors.New("the kernel is older than 5.4")
	}
	const access = syscall.PROT_READ | syscall.PROT_WRITE
	const how = syscall.MAP_SHARED | syscall.MAP_POPULATE
	var err error
	need := max(int(p.sq.array+p.sqEntries*4), int(p.cq.cqes)+int(p.cqEntries)*int(unsafe.Sizeof(completion{})))
	if u.rings, err = syscall.Mmap(u.fd, uringOffSQ, need, access, how); err != nil {
		u.close()
		return nil, err
	}
	if u.entries, err = syscall.Mmap(u.fd, uringOffSQEs, int(p.sqEntries)*int(unsafe.Sizeof(submission{})), access, how); err != nil {
		u.close()
		return nil, err
	}
	at := func(off uint32) *uint32 { return (*uint32)(unsafe.Pointer(&u.rings[off])) }
	u.sqTail, u.cqHead, u.cqTail, u.cqMask = at(p.sq.tail), at(p.cq.head), at(p.cq.tail), *at(p.cq.mask)
	u.sqes = unsafe.Slice((*submission)(unsafe.Pointer(&u.entries[0])), p.sqEntries)
	u.cqes = unsafe.Slice((*completion)(unsafe.Pointer(&u.rings[p.cq.cqes])), p.cqEntries)
	order := unsafe.Slice(at(p.sq.array), p.sqEntries)
	for i := range order { // entries are used in their own order
		order[i] = uint32(i)
	}
	return u, nil
}

// prepare adds a send to the batch; the caller prepares no more than the ring's size before run.
func (u *uring) prepare(fd int, b []byte) {
	i := len(u.lent)
	slot := (*u.sqTail + uint32(i)) & uint32(len(u.sqes)-1)
	u.sqes[slot] = submission{op: uringOpSend, fd: int32(fd), addr: uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))),
		size: uint32(len(b)), msgFlags: sendFlags, userData: uint64(i)}
	u.lent = append(u.lent, b)
}

// run hands the batch to the kernel and fills results with what each send returned, in the order prepared: bytes
// or a negative errno. Every send is complete, or was never taken (untried), when it returns.
func (u *uring) run(results []int32) error {
	todo := len(u.lent)
	for i := range results {
		results[i] = untried
	}
	atomic.StoreUint32(u.sqTail, *u.sqTail+uint32(todo))
	taken, done := 0, 0
	var failed error
	for done < todo {
		n, _, e := syscall.Syscall6(sysUringEnter, uintptr(u.fd), uintptr(todo-taken), uintptr(todo-done), uringGetEvents, 0, 0)
		if e != 0 && e != syscall.EINTR && e != syscall.EAGAIN && e != syscall.EBUSY {
			failed = e
			if done += u.reap(results); done < taken {
				continue // what was taken is waited for: it reads our memory
			}
			break
		}
		if e == 0 {
			taken += int(n)
		}
		done += u.reap(results)
	}
	runtime.KeepAlive(u.lent)
	clear(u.lent)
	u.lent = u.lent[:0]
	return failed
}

func (u *uring) reap(results []int32) (n int) {
	head, tail := *u.cqHead, atomic.LoadUint32(u.cqTail)
	for ; head != tail; head++ {
		c := u.cqes[head&u.cqMask]
		results[c.userData] = c.res
		n++
	}
	atomic.StoreUint32(u.cqHead, head)
	return n
}

func (u *uring) close() {
	for _, m := range [][]byte{u.rings, u.entries} {
		if m != nil {
			_ = syscall.Munmap(m)
		}
	}
	_ = syscall.Close(u.fd)
}
