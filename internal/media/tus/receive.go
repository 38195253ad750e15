package tus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	// commitEvery bounds what a crash of the server costs a client that sends one endless PATCH.
	commitEvery = 16 << 20
	// idleLimit ends a connection that sends nothing and that nobody asks to hand over.
	idleLimit = 2 * time.Minute
	// bufferSize: larger saves system calls, but one is held per connection.
	bufferSize = 128 << 10
)

// receive appends the request's body to the upload at u.Offset and returns the upload as recorded.
// Whatever arrived before an error is kept, unless a checksum covers it.
func (h *Handler) receive(r *http.Request, l *lease, u Upload) (Upload, error) {
	left := u.Length - u.Offset
	if r.ContentLength > left {
		return u, at(http.StatusRequestEntityTooLarge, errs.ForProgram(errs.Invalid, "chunk_too_large",
			"the upload has only %d bytes left", left))
	}
	if left == 0 {
		return u, nil // a client that missed the answer to its last bytes
	}
	sum, err := parseChecksum(r.Header.Get("Upload-Checksum"))
	if err != nil {
		return u, err
	}
	f, err := os.OpenFile(h.path(u.ID), os.O_WRONLY, 0)
	if err != nil {
		return u, fmt.Errorf("open upload file: %w", err)
	}
	in := &writer{h: h, l: l, f: f, u: u, sum: sum}
	err = errors.Join(in.run(r.Context(), r.Body), f.Close())
	u = in.u
	if err != nil || u.Offset < u.Length {
		return u, err
	}
	return h.finish(r.Context(), u)
}

// writer moves one body to the file.
type writer struct {
	h   *Handler
	l   *lease
	f   *os.File
	u   Upload // Offset is what has been recorded
	sum checksum
	at  int64 // what has been written
}

func (w *writer) run(ctx context.Context, body io.Reader) error {
	if err := w.f.Truncate(w.u.Offset); err != nil { // bytes that were never acknowledged
		return fmt.Errorf("cut upload file: %w", err)
	}
	w.at = w.u.Offset
	err := w.copy(ctx, body)
	if !w.l.ended.Load() {
		_ = w.l.control.SetReadDeadline(time.Time{}) // the connection's next request has its own
	}
	if w.sum.given() && (err != nil || !w.sum.matches()) {
		if cut := w.f.Truncate(w.u.Offset); cut != nil {
			return errors.Join(err, fmt.Errorf("cut upload file: %w", cut))
		}
		if err == nil {
			err = at(statusChecksum, errs.New(errs.Invalid, "checksum_mismatch", "the bytes were damaged on the way; send them again"))
		}
		return err
	}
	return errors.Join(err, w.commit(ctx))
}

// copy reads until the body or the upload ends.
func (w *writer) copy(ctx context.Context, body io.Reader) error {
	buf := make([]byte, bufferSize)
	for w.at < w.u.Length {
		if !w.l.waitAtMost(w.h.Clock.Now().Add(idleLimit)) {
			return superseded()
		}
		w.l.reading.Store(true)
		n, err := body.Read(buf[:min(int64(len(buf)), w.u.Length-w.at)])
		w.l.reading.Store(false)
		if n > 0 {
			w.l.heardMS.Store(clock.UnixMS(w.h.Clock))
			if err := w.write(buf[:n]); err != nil {
				return err
			}
			if !w.sum.given() && w.at-w.u.Offset >= commitEvery {
				if err := w.commit(ctx); err != nil {
					return err
				}
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && w.l.ended.Load():
			return superseded()
		case err != nil:
			return at(http.StatusBadRequest, errs.New(errs.Invalid, "connection_lost",
				"the connection broke; ask for the offset and go on").Because(err))
		}
	}
	return nil
}

func (w *writer) write(p []byte) error {
	n, err := w.f.WriteAt(p, w.at)
	w.at += int64(n)
	if w.sum.given() {
		w.sum.Write(p[:n])
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.New(errs.Busy, "storage_full", "the server's disk is full; the upload can go on later").After(30_000).Because(err)
	}
	if err != nil {
		return fmt.Errorf("write upload %s: %w", w.u.ID, err)
	}
	return nil
}

// commit makes what was written durable and records it; it goes on when the client has left.
func (w *writer) commit(ctx context.Context) error {
	if w.at == w.u.Offset {
		return nil
	}
	if err := w.f.Sync(); err != nil {
		return fmt.Errorf("sync upload %s: %w", w.u.ID, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	if err := w.h.Store.SetOffset(ctx, w.u.ID, w.at, false); err != nil {
		return fmt.Errorf("record upload %s: %w", w.u.ID, err)
	}
	w.u.Offset = w.at
	return nil
}

func superseded() error {
	return at(http.StatusConflict, errs.New(errs.Conflict, "upload_superseded", "a newer connection goes on with this upload"))
}
