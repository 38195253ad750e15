package tus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
)

const (
	// sweepBatch bounds one Sweep's rows and orphans; the rest waits for the next.
	sweepBatch = 500
	// orphanAge is how old a file without a row must be: creation writes the file first.
	orphanAge = time.Hour
)

// Sweep deletes expired uploads and files that no row knows, and returns how many. Uploads being
// written right now are left to the next call. Call it every few minutes.
func (h *Handler) Sweep(ctx context.Context) (int, error) {
	now := h.Clock.Now()
	expired, err := h.Store.Expired(ctx, now, sweepBatch)
	if err != nil {
		return 0, fmt.Errorf("list expired uploads: %w", err)
	}
	swept := 0
	for _, u := range expired {
		if h.leases.busy(u.ID) {
			continue
		}
		if err := h.discard(ctx, u.ID); err != nil {
			return swept, err
		}
		swept++
	}
	orphans, err := h.sweepOrphans(ctx, now)
	return swept + orphans, err
}

func (h *Handler) sweepOrphans(ctx context.Context, now time.Time) (int, error) {
	dir, err := os.Open(h.Dir)
	if err != nil {
		return 0, fmt.Errorf("open upload directory: %w", err)
	}
	defer dir.Close()
	swept := 0
	for swept < sweepBatch {
		entries, err := dir.ReadDir(sweepBatch)
		if len(entries) == 0 {
			return swept, nil
		}
		if err != nil {
			return swept, fmt.Errorf("list upload directory: %w", err)
		}
		for _, entry := range entries {
			name, ok := strings.CutSuffix(entry.Name(), ".part")
			info, err := entry.Info()
			if !ok || !id.Valid(idPrefix, name) || err != nil || now.Sub(info.ModTime()) < orphanAge {
				continue
			}
			if _, err := h.Store.Get(ctx, name); err == nil {
				continue
			} else if !errs.Is(err, errs.NotFound) {
				return swept, fmt.Errorf("read upload %s: %w", name, err)
			}
			if err := os.Remove(h.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return swept, fmt.Errorf("remove upload file: %w", err)
			}
			swept++
		}
	}
	return swept, nil
}

// busy reports whether somebody writes the upload.
func (l *leases) busy(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held[name] != nil
}
