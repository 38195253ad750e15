package wire

import "bytes"

const (
	// maxHead of a request. Browsers send half a kilobyte to players' requests, cookies of a site some more.
	maxHead = 8 << 10
	// maxFields of a head; browsers send two dozen.
	maxFields = 64
	// maxSession and maxName of a path; both are ours and short.
	maxSession = 64
	maxName    = 48
	maxQuery   = 256
)

// request is a head this package answers. Its slices are of the bytes it was read from.
type request struct {
	session, name, query []byte
	encoding             []byte // Accept-Encoding
	headOnly             bool
}

// verdict on the bytes that a connection sent.
type verdict int

const (
	more    verdict = iota // no whole head yet, and nothing odd in it
	ours                   // a whole head of the strict subset
	strange                // the web server's to judge
)

var (
	getLive  = []byte("GET /media/live/")
	headLive = []byte("HEAD /media/live/")
	version  = []byte(" HTTP/1.1")
)

// parse reads one request's head from the beginning of b; size is its length when it is ours.
//
// The subset: GET or HEAD of a live object in origin form, HTTP/1.1, lines that end in CRLF, visible ASCII, one
// Host, no body and nothing that changes what the connection is. Everything else is strange, at the first byte
// that shows it: waiting for the rest of what net/http would already have answered could wait for ever.
func parse(b []byte) (r request, size int, v verdict) {
	rest, state := b, begin
	var hosts, encodings int
	for fields := 0; ; fields++ {
		line, after, v := cutLine(rest)
		if v == more {
			return request{}, 0, unfinished(line, state)
		}
		if v == strange || fields > maxFields {
			return request{}, 0, strange
		}
		rest = after
		switch {
		case state == begin:
			if !r.target(line) {
				return request{}, 0, strange
			}
			state = headers
			continue
		case len(line) == 0:
			if hosts != 1 || encodings > 1 {
				return request{}, 0, strange
			}
			return r, len(b) - len(rest), ours
		}
		switch name, value, ok := field(line); {
		case !ok:
			return request{}, 0, strange
		case is(name, "host"):
			hosts++
			if !all(value, hostByte) || len(value) == 0 {
				return request{}, 0, strange
			}
		case is(name, "accept-encoding"):
			encodings++
			r.encoding = value
		case is(name, "connection") && !is(value, "keep-alive"), changes(name):
			return request{}, 0, strange
		}
	}
}

type where int

const (
	begin where = iota
	headers
)

// unfinished judges the last, incomplete line. Its text was found clean.
func unfinished(line []byte, at where) verdict {
	if at == begin && !startsLike(line, getLive) && !startsLike(line, headLive) {
		return strange
	}
	return more
}

func startsLike(line, want []byte) bool {
	n := min(len(line), len(want))
	return bytes.Equal(line[:n], want[:n])
}

// cutLine takes a line that ends in CRLF. more: it has not ended yet; line is then what there is of it.
func cutLine(b []byte) (line, rest []byte, v verdict) {
	end := bytes.IndexByte(b, '\n')
	switch {
	case end < 0:
		line = bytes.TrimSuffix(b, []byte("\r")) // the half of its end that has come
		v = more
	case end == 0 || b[end-1] != '\r':
		return nil, nil, strange
	default:
		line, rest, v = b[:end-1], b[end+1:], ours
	}
	if !all(line, textByte) {
		return nil, nil, strange
	}
	return line, rest, v
}

// target reads the request line.
func (r *request) target(line []byte) bool {
	path, ok := bytes.CutPrefix(line, getLive)
	if !ok {
		if path, ok = bytes.CutPrefix(line, headLive); !ok {
			return false
		}
		r.headOnly = true
	}
	if path, ok = bytes.CutSuffix(path, version); !ok {
		return false
	}
	path, r.query, _ = bytes.Cut(path, []byte("?"))
	if r.session, r.name, ok = bytes.Cut(path, []byte("/")); !ok {
		return false
	}
	// A name begins with a letter, so that no path is one that the mux would clean and redirect.
	return len(r.session) > 0 && len(r.session) <= maxSession && all(r.session, wordByte) &&
		len(r.name) > 0 && len(r.name) <= maxName && r.name[0] >= 'a' && r.name[0] <= 'z' && all(r.name, nameByte) &&
		len(r.query) <= maxQuery && all(r.query, queryByte)
}

// field splits a header's line; a folded one begins with white space, which no name holds.
func field(line []byte) (name, value []byte, ok bool) {
	name, value, ok = bytes.Cut(line, []byte(":"))
	return name, bytes.Trim(value, " \t"), ok && len(name) > 0 && all(name, tokenByte)
}

// changes tells the headers that announce a body or make the connection something else.
func changes(name []byte) bool {
	for _, n := range [...]string{"content-length", "transfer-encoding", "expect", "upgrade", "trailer", "te", "http2-settings"} {
		if is(name, n) {
			return true
		}
	}
	return false
}

// is compares without case; word is in small letters and token characters.
func is(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// class is what a byte may stand in.
type class uint8

const (
	textByte class = 1 << iota
	tokenByte
	wordByte
	nameByte
	queryByte
	hostByte
)

var classes = func() (t [256]class) {
	set := func(c class, chars string) {
		for i := range len(chars) {
			t[chars[i]] |= c
		}
	}
	const small, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	const letters = small + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits
	for c := ' '; c <= '~'; c++ {
		t[c] |= textByte
	}
	set(textByte, "\t")
	set(tokenByte, letters+"!#$%&'*+-.^_`|~") // RFC 9110 5.6.2
	set(wordByte, letters+"_-")
	set(nameByte, small+digits+".-")
	set(queryByte, letters+"_-.=&")
	set(hostByte, letters+".:-_[]")
	return t
}()

func all(b []byte, c class) bool {
	for _, x := range b {
		if classes[x]&c == 0 {
			return false
		}
	}
	return true
}
