package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// crowdJob is what a crowd is told on its command line.
type crowdJob struct {
	Port    int
	Path    string // with %d for the viewer's number
	Viewers int
	Block   int    // 127.Block.x.1 are its addresses: one address has 28,000 ports, a peer in TIME_WAIT holds one
	Greet   string // sent as a frame once open: what NATS wants to hear
	Dead    int    // of these many nobody ever reads
	Deflate bool
}

// crowdSeen is what a crowd tells after its window.
type crowdSeen struct {
	Ticks    int64 // frames of all viewers within the window
	Decoded  int64
	Shown    int64
	Said     int64
	Bytes    int64
	Gaps     int64
	Problems int64
	Fewest   int64   // frames of the viewer who got the fewest
	Ages     []int64 // ms from seal to read, of the decoded
	Lost     int     // viewers whose connection ended
	Why      string
}

// inFlight handshakes at once: a listen queue holds 4,096.
const inFlight = 256

// nap is how long a crowd that counts rests between two looks. If it slept in the kernel, every send of the
// server would pay for waking it, which viewers on other machines cost nobody. It makes every age up to this much
// longer.
const nap = 2 * time.Millisecond

// crowd connects its viewers, says "ready", then for each window read from in (a line of JSON with its length in
// ms) counts and tells what it saw.
type crowd struct {
	job     crowdJob
	ep      int
	viewers []*viewer
	opened  int
	lost    int
	why     string
	dec     *decoder
	buf     []byte
}

func runCrowd(arg string, in io.Reader, out io.Writer) error {
	c := &crowd{dec: newDecoder(), buf: make([]byte, 64<<10)}
	if err := json.Unmarshal([]byte(arg), &c.job); err != nil {
		return err
	}
	var err error
	if c.ep, err = syscall.EpollCreate1(0); err != nil {
		return err
	}
	for i := range c.job.Viewers {
		if err := c.join(i); err != nil {
			return fmt.Errorf("viewer %d: %w", i, err)
		}
		for wait := time.Now().Add(30 * time.Second); len(c.viewers)-c.opened-c.lost > inFlight; {
			c.turn(time.Second, false)
			if time.Now().After(wait) {
				return fmt.Errorf("%d of %d handshakes are not answered", len(c.viewers)-c.opened, len(c.viewers))
			}
		}
	}
	for wait := time.Now().Add(30 * time.Second); c.opened+c.lost < len(c.viewers); c.turn(time.Second, false) {
		if time.Now().After(wait) {
			return fmt.Errorf("%d handshakes are not answered", len(c.viewers)-c.opened)
		}
	}
	if c.lost > 0 {
		return fmt.Errorf("%d viewers lost while joining: %s", c.lost, c.why)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			lines <- s.Text()
		}
	}()
	_, _ = fmt.Fprintln(out, `"ready"`)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			var ms int64
			if err := json.Unmarshal([]byte(line), &ms); err != nil {
				return err
			}
			if err := json.NewEncoder(out).Encode(c.window(time.Duration(ms) * time.Millisecond)); err != nil {
				return err
			}
		default:
			c.turn(100*time.Millisecond, false)
		}
	}
}

// window counts for a time.
func (c *crowd) window(d time.Duration) crowdSeen {
	c.dec = newDecoder()
	c.dec.counting = true
	for _, v := range c.viewers {
		v.ticks, v.decoded = 0, c.dec.decode
	}
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(nap)
		c.turn(0, true)
	}
	c.dec.counting = false
	s := crowdSeen{Decoded: c.dec.ticks, Shown: c.dec.shown, Said: c.dec.said, Bytes: c.dec.bytes, Gaps: c.dec.gaps, Problems: c.dec.problems, Ages: c.dec.ages, Lost: c.lost, Why: c.why, Fewest: -1}
	for i, v := range c.viewers {
		if c.dead(i) {
			continue
		}
		s.Ticks += v.ticks
		if s.Fewest < 0 || v.ticks < s.Fewest {
			s.Fewest = v.ticks
		}
	}
	return s
}

func (c *crowd) dead(i int) bool { return i < c.job.Dead }

// join opens a connection and asks for the socket.
func (c *crowd) join(i int) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if c.dead(i) {
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
	}
	const bindNoPort = 24 // IP_BIND_ADDRESS_NO_PORT: the port is chosen for the pair
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, bindNoPort, 1)
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, byte(c.job.Block), byte(1 + i/5000), 1}}); err != nil {
		return err
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: c.job.Port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	offer := ""
	if c.job.Deflate {
		offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
	}
	path := c.job.Path
	if c.job.Greet == "" {
		path = fmt.Sprintf(path, c.job.Block*100_000+i)
	}
	ask := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, c.job.Port, offer)
	if _, err := syscall.Write(fd, []byte(ask)); err != nil {
		return err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return err
	}
	v := &viewer{fd: fd, full: i%100 == 50, decoded: c.dec.decode}
	c.viewers = append(c.viewers, v)
	if c.dead(i) {
		c.opened++ // nobody reads, not even the answer
		return nil
	}
	return syscall.EpollCtl(c.ep, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)})
}

// turn reads what came, waiting at most so long for the first.
func (c *crowd) turn(wait time.Duration, counting bool) {
	var events [1024]syscall.EpollEvent
	n, err := syscall.EpollWait(c.ep, events[:], int(min(wait, time.Second).Milliseconds()))
	if err != nil && !errors.Is(err, syscall.EINTR) {
		panic(err) // only a wrong call fails otherwise
	}
	for _, e := range events[:max(n, 0)] {
		v := c.viewers[e.Fd]
		n, err := syscall.Read(v.fd, c.buf)
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
			continue
		}
		was := v.open
		if err == nil && n == 0 {
			err = io.EOF
		}
		if err == nil {
			err = v.take(c.buf[:n], counting)
		}
		if err != nil {
			c.lost++
			c.why = err.Error()
			_ = syscall.EpollCtl(c.ep, syscall.EPOLL_CTL_DEL, v.fd, nil)
			_ = syscall.Close(v.fd)
			continue
		}
		if v.open && !was {
			c.opened++
			if c.job.Greet != "" {
				_, _ = syscall.Write(v.fd, clientFrame([]byte(c.job.Greet)))
			}
		}
	}
}

// clientFrame is a masked text frame; a mask of zeros leaves the bytes as they are.
func clientFrame(b []byte) []byte {
	head := []byte{0x81}
	if len(b) <= 125 {
		head = append(head, 0x80|byte(len(b)))
	} else {
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(len(b)))
	}
	return append(append(head, 0, 0, 0, 0), b...)
}

func crowdMain(arg string) error { return runCrowd(arg, os.Stdin, os.Stdout) }
