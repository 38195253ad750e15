package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

const (
	// answerWait is beyond the longest blocking reload of a server.
	answerWait = 10 * time.Second
	// readBuffer is small: a thousand viewers have two each.
	readBuffer = 16 << 10
)

// conn is a keep-alive connection that speaks as little HTTP/1.1 as a viewer's side needs, so that the
// readers leave the machine to the server.
type conn struct {
	c    net.Conn
	r    *bufio.Reader
	addr string
	out  []byte
}

func dial(addr string) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, answerWait)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, r: bufio.NewReaderSize(c, readBuffer), addr: addr}, nil
}

func (c *conn) close() { _ = c.c.Close() }

// get reads a whole answer.
func (c *conn) get(path string, gzip bool) ([]byte, error) {
	n, err := c.ask(path, gzip)
	if err != nil {
		return nil, err
	}
	body := make([]byte, n)
	_, err = io.ReadFull(c.r, body)
	return body, err
}

// skim reads an answer and drops it.
func (c *conn) skim(path string) (int, error) {
	n, err := c.ask(path, false)
	if err != nil {
		return 0, err
	}
	return c.r.Discard(n)
}

// ask sends a request and returns the length of the answer's body, which is still to be read.
func (c *conn) ask(path string, gzip bool) (length int, err error) {
	c.out = append(c.out[:0], "GET "...)
	c.out = append(c.out, path...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: "...)
	c.out = append(c.out, c.addr...)
	c.out = append(c.out, "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nAccept: */*\r\n"...)
	if gzip {
		c.out = append(c.out, "Accept-Encoding: gzip, deflate, br\r\n"...)
	}
	c.out = append(c.out, "\r\n"...)
	if err := c.c.SetDeadline(time.Now().Add(answerWait)); err != nil {
		return 0, err
	}
	if _, err := c.c.Write(c.out); err != nil {
		return 0, err
	}
	status, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	first := string(bytes.TrimSpace(status))
	length = -1
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		if name, value, found := bytes.Cut(line, []byte(": ")); found && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
	if !ok {
		return 0, fmt.Errorf("%s: %s", path, first)
	}
	if length < 0 {
		return 0, errors.New(path + ": no Content-Length")
	}
	return length, nil
}
