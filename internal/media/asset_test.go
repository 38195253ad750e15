package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
	"github.com/hawker-live/hawker/internal/media/tus"
)

// video adds a film of the corpus as an asset of usr_1.
func (w *world) video(t *testing.T, name string) Asset {
	t.Helper()
	a, err := w.AddVideo(t.Context(), "usr_1", copyOf(t, mp4test.File(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func copyOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fileOf(t, b)
}

func fileOf(t *testing.T, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *world) upload(t *testing.T, id string, length int64) tus.Upload {
	t.Helper()
	now := w.clock.Now()
	up := tus.Upload{ID: id, Owner: "usr_1", Length: length, Filename: "clip.mp4", MIME: "video/mp4", CreatedAt: now, ExpiresAt: now.Add(UploadTTL)}
	if err := w.Uploads().Create(t.Context(), up); err != nil {
		t.Fatal(err)
	}
	return up
}

func TestUpload_FinishedPlaysAtOnce(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		path := copyOf(t, mp4test.File(t, "bframes.mp4"))
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		up := w.upload(t, "upl_1", st.Size())
		if a, err := w.Asset(t.Context(), "ast_1"); err != nil || a.State != Uploading || a.Owner != "usr_1" {
			t.Fatalf("%+v, %v", a, err)
		}
		if err := w.Uploads().SetOffset(t.Context(), up.ID, up.Length, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Uploads().Finish(t.Context(), up, path); err != nil {
			t.Fatal(err)
		}
		if err := w.Uploads().Finish(t.Context(), up, path); err != nil {
			t.Fatalf("asked twice: %v", err)
		}
		got, err := w.Uploads().Get(t.Context(), up.ID)
		if err != nil || !got.Done || got.Offset != up.Length || got.Filename != "clip.mp4" {
			t.Fatalf("%+v, %v", got, err)
		}
		a, err := w.Own(t.Context(), "usr_1", "ast_1", Video)
		if err != nil || a.Width != 320 || a.Height != 180 || a.DurationMS < 4900 || a.DurationMS > 5200 || a.Bytes != up.Length || !strings.Contains(a.Codecs, "avc1") {
			t.Fatalf("%+v, %v", a, err)
		}
		srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			stream, release, err := w.Movie(req.Context(), a.ID)
			if err != nil {
				http.NotFound(rw, req)
				return
			}
			defer release()
			if err := stream.Serve(rw, req, strings.TrimPrefix(req.URL.Path, "/")); err != nil {
				http.NotFound(rw, req)
			}
		}))
		defer srv.Close()
		for _, name := range []string{"/index.m3u8", "/file.mp4"} {
			if frames := strings.Fields(mp4test.Run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", srv.URL+name)); len(frames) == 0 || frames[0] != "150" {
				t.Errorf("%s has %q pictures", name, frames)
			}
		}
		if err := w.Uploads().Delete(t.Context(), up.ID); err != nil {
			t.Fatal(err)
		}
		if a, err := w.Asset(t.Context(), "ast_1"); err != nil || a.State != Ready {
			t.Fatalf("forgetting the upload took the asset: %+v, %v", a, err)
		}
		if n, err := w.StoredBytes(t.Context()); err != nil || n != up.Length {
			t.Fatalf("%d bytes are stored, %v", n, err)
		}
	})
}

func TestUpload_RefusedCarriesItsReason(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		for id, body := range map[string][]byte{"text": []byte(strings.Repeat("no film at all ", 50)), "empty": {}} {
			up := w.upload(t, "upl_"+id, int64(len(body)))
			err := w.Uploads().Finish(t.Context(), up, fileOf(t, body))
			if err == nil || errs.CodeOf(err) == "" || errs.Is(err, errs.Internal) {
				t.Fatalf("%s: %v", id, err)
			}
			a, assetErr := w.Asset(t.Context(), AssetOfUpload(up.ID))
			if assetErr != nil || a.State != Refused || a.Code != errs.CodeOf(err) {
				t.Fatalf("%s: %+v, %v; refused with %v", id, a, assetErr, err)
			}
			if err := w.Uploads().Delete(t.Context(), up.ID); err != nil { // as tus does after a refusal
				t.Fatal(err)
			}
			if again, err := w.Asset(t.Context(), a.ID); err != nil || again.Code != a.Code {
				t.Fatalf("%s: the reason became %q, %v", id, again.Code, err)
			}
			_, err = w.Own(t.Context(), "usr_1", a.ID, Video)
			refused(t, err, errs.Conflict, "asset_refused")
			if _, _, err := w.Movie(t.Context(), a.ID); !errs.Is(err, errs.NotFound) {
				t.Fatalf("%s plays: %v", id, err)
			}
		}
		if _, err := w.AddVideo(t.Context(), "usr_1", fileOf(t, []byte("not a film"))); errs.CodeOf(err) == "" {
			t.Fatalf("an import without a film: %v", err)
		}
		open, err := w.Audit(t.Context(), true)
		if err != nil || len(open) != 0 {
			t.Fatalf("%v, %v", open, err)
		}
	})
}

func TestUpload_AbandonedIsRefusedAndForgotten(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		up := w.upload(t, "upl_1", 100)
		if list, err := w.Uploads().Expired(t.Context(), up.ExpiresAt.Add(-time.Second), 10); err != nil || len(list) != 0 {
			t.Fatalf("too early: %v, %v", list, err)
		}
		list, err := w.Uploads().Expired(t.Context(), up.ExpiresAt.Add(time.Second), 10)
		if err != nil || len(list) != 1 || list[0].ID != up.ID {
			t.Fatalf("%v, %v", list, err)
		}
		if err := w.Uploads().Delete(t.Context(), up.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Uploads().Delete(t.Context(), up.ID); err != nil {
			t.Fatalf("twice: %v", err)
		}
		_, err = w.Uploads().Get(t.Context(), up.ID)
		refused(t, err, errs.NotFound, "upload_not_found")
		if a, err := w.Asset(t.Context(), "ast_1"); err != nil || a.State != Refused || a.Code != "upload_abandoned" {
			t.Fatalf("%+v, %v", a, err)
		}
	})
}

func TestUpload_OpenOnesAreBoundedFinishedOnesAreNot(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		for i := range maxOpenUploads {
			w.upload(t, "upl_"+string(rune('a'+i)), 100)
		}
		now := w.clock.Now()
		next := tus.Upload{ID: "upl_next", Owner: "usr_1", Length: 100, CreatedAt: now, ExpiresAt: now.Add(UploadTTL)}
		refused(t, w.Uploads().Create(t.Context(), next), errs.TooMany, "uploads_open")
		if _, err := w.Asset(t.Context(), "ast_next"); !errs.Is(err, errs.NotFound) {
			t.Fatalf("the refused upload left an asset: %v", err)
		}
		other := next
		other.ID, other.Owner = "upl_other", "usr_2"
		if err := w.Uploads().Create(t.Context(), other); err != nil {
			t.Fatalf("somebody else's are counted: %v", err)
		}
		if err := w.Uploads().SetOffset(t.Context(), "upl_a", 100, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Uploads().Create(t.Context(), next); err != nil {
			t.Fatalf("a finished upload still counts as open: %v", err)
		}
	})
}

func TestAsset_OwnRefusesWhatIsNotYoursOrNotReady(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		img, err := w.AddImage(t.Context(), "usr_1", bytes.NewReader(picture(t, 4, 3)))
		if err != nil {
			t.Fatal(err)
		}
		w.upload(t, "upl_1", 10)
		_, err = w.Own(t.Context(), "usr_2", img.ID, Image)
		refused(t, err, errs.NotFound, "asset_not_found")
		_, err = w.Own(t.Context(), "usr_1", "img_none", Image)
		refused(t, err, errs.NotFound, "asset_not_found")
		_, err = w.Own(t.Context(), "usr_1", img.ID, Video)
		refused(t, err, errs.Invalid, "asset_kind")
		_, err = w.Own(t.Context(), "usr_1", "ast_1", Video)
		refused(t, err, errs.Conflict, "asset_uploading")
		if err := w.OwnImage(t.Context(), "usr_1", img.ID); err != nil {
			t.Fatal(err)
		}
		got, err := w.AssetsByID(t.Context(), []string{img.ID, img.ID, "", "img_none", "ast_1"})
		if err != nil || len(got) != 2 || got[img.ID].Width != 4 {
			t.Fatalf("%+v, %v", got, err)
		}
		if got, err := w.AssetsByID(t.Context(), nil); err != nil || len(got) != 0 {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a small PNG whose header promises width x height pixels.
func bomb(t *testing.T, width, height uint32) []byte {
	b := picture(t, 1, 1)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// webp is the head of a WebP file with one chunk.
func webp(chunk string, payload ...byte) []byte {
	b := append([]byte("RIFF\x20\x00\x00\x00WEBP"+chunk+"\x20\x00\x00\x00"), payload...)
	return append(b, make([]byte, 30)...)
}

func TestImage_TakesWhatBrowsersShow(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		var jpg bytes.Buffer
		if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
			t.Fatal(err)
		}
		real := filepath.Join(t.TempDir(), "real.webp")
		mp4test.Run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=1:duration=1", "-frames:v", "1", "-c:v", "libwebp", "-quality", "60", real)
		lossy, err := os.ReadFile(real)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			body          []byte
			contentType   string
			width, height int
		}{
			"png":            {picture(t, 40, 30), "image/png", 40, 30},
			"jpeg":           {jpg.Bytes(), "image/jpeg", 40, 30},
			"webp by ffmpeg": {lossy, "image/webp", 64, 48},
			"webp lossless":  {webp("VP8L", 0x2f, 0x27, 0x40, 0x07, 0x00), "image/webp", 40, 30},
			"webp extended":  {webp("VP8X", 0, 0, 0, 0, 39, 0, 0, 29, 0, 0), "image/webp", 40, 30},
		} {
			a, err := w.AddImage(t.Context(), "usr_1", bytes.NewReader(c.body))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if a.ContentType != c.contentType || a.Width != c.width || a.Height != c.height || a.State != Ready || a.Kind != Image || len(a.SHA256) != 64 {
				t.Errorf("%s: %+v", name, a)
			}
			o, err := w.Blobs.Open(t.Context(), a.BlobKey)
			if err != nil || o.Size() != int64(len(c.body)) {
				t.Fatalf("%s: %v", name, err)
			}
			_ = o.Close()
		}
	})
}

func TestImage_RefusesBombsAndEverythingElse(t *testing.T) {
	w := one(t, time.Minute)
	for name, c := range map[string]struct {
		body []byte
		kind errs.Kind
		code string
	}{
		"empty":         {nil, errs.Unsupported, "not_an_image"},
		"text":          {[]byte("<svg onload=alert(1)>"), errs.Unsupported, "not_an_image"},
		"page":          {[]byte("<html><script>"), errs.Unsupported, "not_an_image"},
		"gif":           {[]byte("GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"), errs.Unsupported, "not_an_image"},
		"cut png":       {picture(t, 9, 9)[:20], errs.Unsupported, "not_an_image"},
		"cut webp":      {webp("VP8X")[:29], errs.Unsupported, "not_an_image"},
		"other riff":    {webp("JUNK", 1, 2, 3), errs.Unsupported, "not_an_image"},
		"webp no code":  {webp("VP8 ", 0, 0, 0, 1, 2, 3, 9, 0, 9, 0), errs.Unsupported, "not_an_image"},
		"png bomb":      {bomb(t, 30_000, 30_000), errs.Invalid, "image_too_many_pixels"},
		"png wide bomb": {bomb(t, 1<<31-1, 1), errs.Invalid, "image_too_many_pixels"},
		"webp bomb":     {webp("VP8X", 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), errs.Invalid, "image_too_many_pixels"},
		"too large":     {make([]byte, MaxImageBytes+1), errs.Invalid, "image_too_large"},
	} {
		_, err := w.AddImage(t.Context(), "usr_1", bytes.NewReader(c.body))
		if errs.KindOf(err) != c.kind || errs.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := 0
	if err := w.Blobs.List(t.Context(), "img/", func(string, int64) error { n++; return nil }); err != nil || n != 0 {
		t.Fatalf("%d refused pictures are kept, %v", n, err)
	}
}

func TestImage_WithoutARowLeavesNoObject(t *testing.T) {
	w := one(t, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	body := &cancelling{r: bytes.NewReader(picture(t, 4, 4)), cancel: cancel}
	if _, err := w.AddImage(ctx, "usr_1", body); err == nil {
		t.Fatal("the request had ended")
	}
	n := 0
	if err := w.Blobs.List(t.Context(), "img/", func(string, int64) error { n++; return nil }); err != nil || n != 0 {
		t.Fatalf("%d objects without a row, %v", n, err)
	}
}

// cancelling ends the request once its body was read.
type cancelling struct {
	r      *bytes.Reader
	cancel context.CancelFunc
}

func (c *cancelling) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil {
		c.cancel()
	}
	return n, err
}
