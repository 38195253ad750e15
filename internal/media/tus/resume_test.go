package tus

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

// cutReader breaks the connection after n bytes.
type cutReader struct {
	r io.Reader
	n int
}

var errCut = errors.New("cut")

func (c *cutReader) Read(p []byte) (int, error) {
	if c.n == 0 {
		return 0, errCut
	}
	n, err := c.r.Read(p[:min(len(p), c.n)])
	c.n -= n
	return n, err
}

// The connection breaks at every twentieth of the file, in both ways: with the length announced
// and chunked. Each time the client asks and goes on; the result is the same file, and no half
// file ever reaches OnFinish.
func TestResume_CutAtEveryTwentieth(t *testing.T) {
	b := newBench(t)
	data := random(1_000_003, 5)
	path := b.create(len(data))
	for k := 1; k <= 20; k++ {
		at := b.offset(path)
		want := len(data) * k / 20
		if k == 20 {
			if a := b.patch(path, at, data[at:]); a.StatusCode != 204 {
				t.Fatalf("last PATCH at %d: %d %s", at, a.StatusCode, a.code)
			}
			break
		}
		if k%2 == 0 {
			// The server may notice first and say so before the client gives up.
			body := &cutReader{bytes.NewReader(data[at:]), want - at}
			if a, err := b.try("PATCH", path, body, "Upload-Offset", strconv.Itoa(at)); err == nil && a.code != "connection_lost" {
				t.Fatalf("cut %d was answered with %d", k, a.StatusCode)
			}
		} else {
			b.dial(path, at, len(data)-at, data[at:want]).Close()
		}
		if got := b.offset(path); got < at || got > want {
			t.Fatalf("after a cut at %d the offset is %d", want, got)
		}
		if b.calls != 0 {
			t.Fatal("a half file was handed over")
		}
	}
	if !bytes.Equal(b.finished[path[len(mount):]], data) || b.calls != 1 {
		t.Error("another file arrived")
	}
}

// A crash leaves a file that is longer, shorter or missing compared to the row.
func TestResume_AfterACrash(t *testing.T) {
	data := random(1000, 6)
	for _, c := range []struct {
		name   string
		size   int // of the file found
		offset int // expected
	}{{"longer", 800, 400}, {"shorter", 300, 300}, {"empty", 0, 0}} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			path := b.create(len(data))
			if a := b.patch(path, 0, data[:400]); a.StatusCode != 204 {
				t.Fatal(a.StatusCode)
			}
			dirty := append(bytes.Clone(data[:min(400, c.size)]), make([]byte, max(0, c.size-400))...)
			if err := os.WriteFile(b.h.path(path[len(mount):]), dirty, 0o600); err != nil {
				t.Fatal(err)
			}
			b.restart(b.h.Dir)
			if got := b.offset(path); got != c.offset {
				t.Fatalf("offset %d, want %d", got, c.offset)
			}
			if a := b.patch(path, c.offset, data[c.offset:]); a.StatusCode != 204 {
				t.Fatalf("%d %s", a.StatusCode, a.code)
			}
			if !bytes.Equal(b.finished[path[len(mount):]], data) {
				t.Error("another file arrived")
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		b := newBench(t)
		path := b.create(len(data))
		if err := os.Remove(b.h.path(path[len(mount):])); err != nil {
			t.Fatal(err)
		}
		if a := b.do("HEAD", path, nil); a.StatusCode != 410 || len(b.store.rows) != 0 {
			t.Errorf("%d, %d rows", a.StatusCode, len(b.store.rows))
		}
	})
	t.Run("before OnFinish", func(t *testing.T) {
		b := newBench(t)
		path := b.create(len(data))
		name := path[len(mount):]
		if err := os.WriteFile(b.h.path(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.store.SetOffset(t.Context(), name, int64(len(data)), false); err != nil {
			t.Fatal(err)
		}
		if b.offset(path) != len(data) || !bytes.Equal(b.finished[name], data) || b.calls != 1 {
			t.Error("not finished after the restart")
		}
	})
}

// An offset that could not be recorded is not acknowledged, and the upload goes on from the last one.
func TestResume_UnrecordedBytesAreNotAcknowledged(t *testing.T) {
	b := newBench(t)
	data := random(1000, 7)
	path := b.create(len(data))
	b.store.fail = errors.New("database is away")
	if a := b.patch(path, 0, data[:600]); a.StatusCode != 500 || a.Header.Get("Upload-Offset") != "" {
		t.Errorf("%d, offset %s", a.StatusCode, a.Header.Get("Upload-Offset"))
	}
	b.store.fail = nil
	if b.offset(path) != 0 {
		t.Error("offset moved")
	}
	if a := b.patch(path, 0, data); a.StatusCode != 204 || !bytes.Equal(b.finished[path[len(mount):]], data) {
		t.Errorf("%d", a.StatusCode)
	}
}

// dial opens a PATCH by hand that sends part of what it announces.
func (b *bench) dial(path string, offset, announced int, part []byte) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.url, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	head := "PATCH " + path + " HTTP/1.1\r\nHost: x\r\nX-Owner: acc_1\r\nTus-Resumable: 1.0.0\r\nContent-Type: " + chunkType +
		"\r\nUpload-Offset: " + strconv.Itoa(offset) + "\r\nContent-Length: " + strconv.Itoa(announced) + "\r\n\r\n"
	if _, err := conn.Write(append([]byte(head), part...)); err != nil {
		b.Fatal(err)
	}
	return conn
}

// stall is dial, and waits until the server has stored the part and waits for more.
func (b *bench) stall(path string, offset, announced int, part []byte) net.Conn {
	b.Helper()
	conn := b.dial(path, offset, announced, part)
	name := path[len(mount):]
	for range 2000 {
		b.h.leases.mu.Lock()
		l := b.h.leases.held[name]
		b.h.leases.mu.Unlock()
		info, err := os.Stat(b.h.path(name))
		if l != nil && l.reading.Load() && err == nil && info.Size() == int64(offset+len(part)) {
			return conn
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatal("the stalled writer never started")
	return nil
}

func TestLease_ActiveWriterLocksOthersOut(t *testing.T) {
	b := newBench(t)
	data := random(1000, 8)
	path := b.create(len(data))
	conn := b.stall(path, 0, 1000, data[:300])
	if a := b.patch(path, 0, data); a.StatusCode != 423 || a.code != "upload_locked" || a.Header.Get("Retry-After") == "" {
		t.Fatalf("second writer: %d %s", a.StatusCode, a.code)
	}
	if _, err := conn.Write(data[300:]); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 64)
	if n, err := conn.Read(answer); err != nil || !strings.Contains(string(answer[:n]), "204") {
		t.Fatalf("first writer: %q %v", answer[:n], err)
	}
	if !bytes.Equal(b.finished[path[len(mount):]], data) || b.calls != 1 {
		t.Error("another file arrived")
	}
}

func TestLease_StalledWriterHandsOver(t *testing.T) {
	b := newBench(t)
	data := random(1000, 9)
	path := b.create(len(data))
	b.stall(path, 0, 1000, data[:300])
	b.clock.by.Store(int64(stallAfter))
	// The old writer's bytes are kept, so the new one is told to start behind them.
	if a := b.patch(path, 0, data); a.StatusCode != 409 || a.Header.Get("Upload-Offset") != "300" {
		t.Fatalf("%d, offset %s", a.StatusCode, a.Header.Get("Upload-Offset"))
	}
	if a := b.patch(path, 300, data[300:]); a.StatusCode != 204 || !bytes.Equal(b.finished[path[len(mount):]], data) {
		t.Errorf("%d %s", a.StatusCode, a.code)
	}
}

// A client that comes back at once after a broken link asks for the offset; the half-open
// connection, not yet known to be dead, must not lock it out.
func TestLease_HeadTakesOverAtOnce(t *testing.T) {
	b := newBench(t)
	data := random(1000, 10)
	path := b.create(len(data))
	b.stall(path, 0, 1000, data[:300])
	if got := b.offset(path); got != 300 {
		t.Fatalf("offset %d", got)
	}
	b.stall(path, 300, 700, data[300:301])
	if a := b.do("DELETE", path, nil); a.StatusCode != 204 || b.files() != 0 {
		t.Errorf("DELETE against a writer: %d, %d files", a.StatusCode, b.files())
	}
}

// Many clients send the same file at once, over and over: no byte is wrong, and it finishes once.
func TestLease_ManyWritersOneFile(t *testing.T) {
	b := newBench(t)
	data := random(400_000, 11)
	path := b.create(len(data))
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for try := 0; try < 200; try++ {
				a, err := b.try("HEAD", path, nil)
				if err != nil || a.StatusCode == 423 {
					continue
				}
				at, err := strconv.Atoi(a.Header.Get("Upload-Offset"))
				if err != nil {
					t.Errorf("worker %d: HEAD %d", worker, a.StatusCode)
					return
				}
				if at == len(data) {
					return
				}
				end := min(len(data), at+20_000+worker*7_000)
				a, err = b.try("PATCH", path, bytes.NewReader(data[at:end]), "Upload-Offset", strconv.Itoa(at))
				if err == nil && a.StatusCode != 204 && a.StatusCode != 409 && a.StatusCode != 423 {
					t.Errorf("worker %d: PATCH %d %s", worker, a.StatusCode, a.code)
					return
				}
			}
			t.Errorf("worker %d never saw the end", worker)
		})
	}
	wg.Wait()
	if !bytes.Equal(b.finished[path[len(mount):]], data) || b.calls != 1 {
		t.Errorf("finished %d times", b.calls)
	}
}

func TestMetadata_NamesAreCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"clip.mp4": "clip.mp4", "../../etc/passwd": "passwd", `C:\Users\a\v.mov`: "v.mov", "..": "", "a\x00b\n.mp4": "ab.mp4",
		"evil\u202e4pm.exe": "evil4pm.exe", "\xff\xfe.mp4": ".mp4", strings.Repeat("长", 200): strings.Repeat("长", 85),
	} {
		if got := cleanName(in); got != want {
			t.Errorf("cleanName(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"video/mp4": "video/mp4", "video/mp4; x=1": "video/mp4", "nonsense": "", "a/" + strings.Repeat("b", 200): ""} {
		if got := cleanType(in); got != want {
			t.Errorf("cleanType(%q) = %q, want %q", in, got, want)
		}
	}
	if _, _, ok := metadata(strings.Repeat("a", maxMetadata+1)); ok {
		t.Error("endless metadata was accepted")
	}
	if _, _, ok := metadata("is_confidential,filename YQ=="); !ok {
		t.Error("a key without value is allowed by the protocol")
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add("filename d29ybGQ=,filetype dmlkZW8vbXA0")
	f.Fuzz(func(t *testing.T, header string) {
		name, kind, _ := metadata(header)
		if len(name) > maxFilename || len(kind) > maxMIME || strings.ContainsAny(name, "/\\\x00\n") {
			t.Errorf("%q gave %q, %q", header, name, kind)
		}
	})
}

// A full disk is a "come back later", not a fault, and nothing of it is acknowledged.
func TestReceive_FullDiskIsBusy(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full on this system")
	}
	defer full.Close()
	w := &writer{f: full, u: Upload{Length: 10}}
	err = w.write(make([]byte, 10))
	if errs.CodeOf(err) != "storage_full" || !errs.Is(err, errs.Busy) || w.at != 0 {
		t.Errorf("%v, %d bytes counted", err, w.at)
	}
}
