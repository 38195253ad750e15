package media

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
	"github.com/hawker-live/hawker/internal/media/tus"
)

// A crash after the file was moved to its place and before the row said so: the client asks again, and the
// upload is finished, not stuck.
func TestUpload_ACrashBetweenTheFileAndItsRowIsFinishedByTheNextTry(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		src, err := os.Open(mp4test.File(t, "plain.mp4"))
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		path := filepath.Join(t.TempDir(), "up.part")
		dst, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		size, err := io.Copy(dst, src)
		if err != nil || dst.Close() != nil {
			t.Fatal(err)
		}
		now := w.clock.Now()
		up := tus.Upload{ID: w.IDs.New("upl"), Owner: "usr_1", Length: size, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
		if err := w.Uploads().Create(t.Context(), up); err != nil {
			t.Fatal(err)
		}
		up.Offset = size
		asset := AssetOfUpload(up.ID)
		if err := w.Blobs.PutFile(t.Context(), "vod/"+asset, path, "video/mp4"); err != nil { // and here the process is killed
			t.Fatal(err)
		}
		if err := w.Uploads().Finish(t.Context(), up, path); err != nil {
			t.Fatalf("the next try: %v", err)
		}
		a, err := w.Own(t.Context(), "usr_1", asset, Video)
		if err != nil || a.Bytes != size || a.DurationMS < 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		if breaks, err := w.Audit(t.Context(), true); err != nil || len(breaks) != 0 {
			t.Errorf("%v, %v", breaks, err)
		}
	})
}
