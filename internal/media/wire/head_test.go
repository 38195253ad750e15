package wire

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

const part = "GET /media/live/ses_1/part-3-1.m4s HTTP/1.1\r\n"

func TestParse_TakesWhatPlayersSend(t *testing.T) {
	chrome := "HEAD /media/live/ses_01AB-c/video.m3u8?_HLS_msn=4&_HLS_part=2&_HLS_skip=YES HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: keep-alive\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nACCEPT-encoding:\t gzip, deflate, br \r\nOrigin: null\r\nRange: bytes=0-\r\nCookie: hawker_session=x\r\n\r\n"
	r, n, v := parse([]byte(chrome + "GET "))
	if v != ours || n != len(chrome) || !r.headOnly || string(r.session) != "ses_01AB-c" || string(r.name) != "video.m3u8" ||
		string(r.query) != "_HLS_msn=4&_HLS_part=2&_HLS_skip=YES" || string(r.encoding) != "gzip, deflate, br" {
		t.Fatalf("%v %d %+v", v, n, r)
	}
	for i := range chrome {
		if _, _, v := parse([]byte(chrome[:i])); v != more {
			t.Fatalf("%q is %v", chrome[:i], v)
		}
	}
}

// TestParse_LeavesHardCasesToTheWebServer: whatever could be read in two ways, or is none of ours, is strange, at
// once and not only when the head is whole.
func TestParse_LeavesHardCasesToTheWebServer(t *testing.T) {
	const host = "Host: a\r\n"
	for name, head := range map[string]string{
		"two lengths":           part + host + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
		"length of nothing":     part + host + "Content-Length: 0\r\n\r\n",
		"length and chunks":     part + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
		"chunks":                part + host + "transfer-encoding : chunked\r\n\r\n",
		"space before colon":    part + host + "Accept : x\r\n\r\n",
		"folded line":           part + host + "Accept: a\r\n b\r\n\r\n",
		"fold first":            part + " Host: a\r\n\r\n",
		"bare LF":               part + "Host: a\n\r\n",
		"bare LF, unfinished":   "GET /media/live/s/part-3-1.m4s HTTP/1.1\nHost",
		"bare CR":               part + "Host: a\rX: y\r\n\r\n",
		"bare CR, unfinished":   part + "Host: a\rX",
		"NUL":                   part + host + "X: a\x00b\r\n\r\n",
		"NUL, unfinished":       part + host + "X: a\x00",
		"high byte":             part + host + "X: \xff\r\n\r\n",
		"no host":               part + "\r\n",
		"two hosts":             part + host + host + "\r\n",
		"empty host":            part + "Host: \r\n\r\n",
		"odd host":              part + "Host: a/b\r\n\r\n",
		"no name":               part + host + ": x\r\n\r\n",
		"no colon":              part + host + "Accept\r\n\r\n",
		"upgrade":               part + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"upgrade alone":         part + host + "Upgrade: h2c\r\n\r\n",
		"close":                 part + host + "Connection: close\r\n\r\n",
		"expect":                part + host + "Expect: 100-continue\r\n\r\n",
		"trailer":               part + host + "Trailer: X\r\n\r\n",
		"two encodings":         part + host + "Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n\r\n",
		"many fields":           part + host + strings.Repeat("X: y\r\n", maxFields) + "\r\n",
		"post":                  "POST /media/live/s/video.m3u8 HTTP/1.1\r\n",
		"post, first byte":      "P",
		"old version":           "GET /media/live/s/video.m3u8 HTTP/1.0\r\n",
		"new version":           "GET /media/live/s/video.m3u8 HTTP/2.0\r\n",
		"no version":            "GET /media/live/s/video.m3u8\r\n",
		"two spaces":            "GET /media/live/s/video.m3u8  HTTP/1.1\r\n",
		"small letters":         "get /media/live/s/video.m3u8 HTTP/1.1\r\n",
		"absolute":              "GET http://a/media/live/s/video.m3u8 HTTP/1.1\r\n",
		"another path":          "GET /media/vod/s/index.m3u8 HTTP/1.1\r\n",
		"path, third byte":      "GET /api",
		"dots":                  "GET /media/live/s/../x HTTP/1.1\r\n",
		"escaped":               "GET /media/live/s/video%2em3u8 HTTP/1.1\r\n",
		"escaped query":         "GET /media/live/s/video.m3u8?_HLS_msn=%31 HTTP/1.1\r\n",
		"semicolon":             "GET /media/live/s/video.m3u8?a;b HTTP/1.1\r\n",
		"deeper":                "GET /media/live/s/a/b HTTP/1.1\r\n",
		"no object":             "GET /media/live/s/ HTTP/1.1\r\n",
		"no session":            "GET /media/live//video.m3u8 HTTP/1.1\r\n",
		"fragment":              "GET /media/live/s/video.m3u8#x HTTP/1.1\r\n",
		"long name":             "GET /media/live/s/" + strings.Repeat("a", maxName+1) + " HTTP/1.1\r\n",
		"long query":            "GET /media/live/s/video.m3u8?" + strings.Repeat("a", maxQuery+1) + " HTTP/1.1\r\n",
		"empty line first":      "\r\n" + part,
		"start of TLS":          "\x16\x03\x01",
		"the preface of HTTP/2": "PRI * HTTP/2.0\r\n",
	} {
		if _, _, v := parse([]byte(head)); v != strange {
			t.Errorf("%s: %v", name, v)
		}
	}
}

// FuzzParse: what is taken for ours, net/http takes for the same request of the same length; what is waited for,
// net/http waits for too.
func FuzzParse(f *testing.F) {
	f.Add([]byte(part + "Host: a\r\n\r\nGET /"))
	f.Add([]byte("HEAD /media/live/s/video.m3u8?_HLS_msn=1&_HLS_part=2 HTTP/1.1\r\nHost: a:1\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"))
	f.Add([]byte(part + "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
	f.Add([]byte("GET /media/live/s/video.m3u8 HTTP/1.1\nHost: a\n\n"))
	f.Add([]byte(part + "Host: a\r\nX: a\r\n b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r request
		var n int
		var v verdict
		fuzztest.Within(t, len(b), fuzztest.Cost{Fixed: 4 << 10}, func() { r, n, v = parse(b) })
		if v == strange {
			return
		}
		req, used, err := readRequest(b)
		if v == more {
			if !errors.Is(err, errWaits) {
				t.Fatalf("%q is waited for, and net/http says %v", b, err)
			}
			return
		}
		if err != nil || used != n {
			t.Fatalf("%q: ours is %d bytes long, and net/http says %d, %v", b, n, used, err)
		}
		if same(req, &r) {
			return
		}
		t.Fatalf("%q: %+v, and net/http read %+v", b, r, req)
	})
}

var errWaits = errors.New("net/http waits for more")

// pipe is a connection that has sent some bytes and is silent: who reads on waits for ever. A panic stands for
// that, because at an error net/http would take half a line for a whole one.
type pipe struct{ *bytes.Reader }

func (p pipe) Read(b []byte) (int, error) {
	if p.Len() == 0 {
		panic(errWaits)
	}
	return p.Reader.Read(b)
}

// readRequest is what net/http makes of the bytes.
func readRequest(b []byte) (req *http.Request, used int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = v.(error)
		}
	}()
	rest := bytes.NewReader(b)
	buffered := bufio.NewReader(pipe{rest})
	req, err = http.ReadRequest(buffered)
	return req, len(b) - rest.Len() - buffered.Buffered(), err
}

func same(req *http.Request, r *request) bool {
	method := http.MethodGet
	if r.headOnly {
		method = http.MethodHead
	}
	return req.Method == method && req.Proto == "HTTP/1.1" && !req.Close && req.Body == http.NoBody && req.ContentLength == 0 && len(req.Trailer) == 0 &&
		req.URL.Path == "/media/live/"+string(r.session)+"/"+string(r.name) && req.URL.RawPath == "" && req.URL.RawQuery == string(r.query) && req.Host != "" &&
		req.Header.Get("Accept-Encoding") == string(r.encoding) && len(req.Header["Accept-Encoding"]) <= 1 && req.Header.Get("Upgrade") == "" && req.Header.Get("Expect") == ""
}
