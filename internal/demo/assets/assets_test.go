package assets

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// maxMediaBytes bounds everything committed under this directory. The clips travel in the binary and
// in every clone, so they must stay a small download.
const maxMediaBytes = 12_000_000

func world(t *testing.T) *World {
	t.Helper()
	w, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// named lists every media file the manifest speaks of.
func named(w *World) map[string]string {
	files := map[string]string{}
	for _, c := range w.Clips {
		files[c.File], files[c.Cover] = "clip "+c.Key, "clip "+c.Key
	}
	for _, p := range w.Products {
		files[p.File] = "product " + p.Key
	}
	for _, c := range w.Channels {
		files[c.Avatar] = "channel " + c.Key
	}
	for n := range Avatars {
		files[AvatarFile(n)] = "user avatars"
	}
	return files
}

func TestManifest_EveryNamedFileIsEmbeddedAndNoOtherIs(t *testing.T) {
	files := named(world(t))
	for name, owner := range files {
		info, err := fs.Stat(FS(), name)
		if err != nil {
			t.Errorf("%s names %s: %v", owner, name, err)
			continue
		}
		if info.Size() == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	err := fs.WalkDir(FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "manifest.json" {
			return err
		}
		if _, ok := files[name]; !ok {
			t.Errorf("%s is embedded and nobody names it", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMedia_StaysUnderItsBudget(t *testing.T) {
	total := int64(0)
	limits := map[string]int64{"covers": 40_000, "products": 12_000, "avatars": 8_000}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) == ".go" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		if limit := limits[filepath.Dir(name)]; limit > 0 && info.Size() > limit {
			t.Errorf("%s has %d bytes, more than %d", name, info.Size(), limit)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > maxMediaBytes {
		t.Errorf("committed media: %d bytes, more than %d", total, maxMediaBytes)
	}
}

func TestManifest_HoldsTheSizeOfWorldTheDemoPromises(t *testing.T) {
	w := world(t)
	live := 0
	for _, c := range w.Clips {
		if c.Live {
			live++
		}
	}
	for _, n := range []struct {
		what      string
		got, want int
	}{
		{"clips", len(w.Clips), 47}, {"live loops", live, 3}, {"classes", len(w.Classes), 12},
		{"products", len(w.Products), 40}, {"channels", len(w.Channels), 8}, {"posts", len(w.Posts), 57},
		{"users", len(w.Users), 60}, {"Chinese comments", len(w.Comments.ZH), 60}, {"English comments", len(w.Comments.EN), 60},
	} {
		if n.got < n.want {
			t.Errorf("%d %s, want at least %d", n.got, n.what, n.want)
		}
	}
}

func TestManifest_KeysAndNamesAreUnique(t *testing.T) {
	w := world(t)
	seen := map[string]bool{}
	once := func(kind, v string) {
		t.Helper()
		if v == "" || seen[kind+v] {
			t.Errorf("%s %q is empty or used twice", kind, v)
		}
		seen[kind+v] = true
	}
	for _, c := range w.Clips {
		once("clip key", c.Key)
		once("clip title", c.TitleZH)
		once("clip title", c.TitleEN)
	}
	for _, c := range w.Classes {
		once("class key", c.Key)
		once("class name", c.NameZH)
		once("class name", c.NameEN)
	}
	for _, p := range w.Products {
		once("product key", p.Key)
		once("product picture", p.File)
		once("product name", p.NameZH)
		once("product name", p.NameEN)
	}
	for _, c := range w.Channels {
		once("channel key", c.Key)
		once("handle", c.Handle)
		once("channel name", c.NameZH)
		once("channel name", c.NameEN)
	}
	for _, p := range w.Posts {
		once("post", p.TextZH)
		once("post", p.TextEN)
	}
	for _, u := range w.Users {
		once("user", u.Name)
	}
	for _, c := range append(append([]string(nil), w.Comments.ZH...), w.Comments.EN...) {
		once("comment", c)
	}
}

func TestProducts_PricesClassesAndVariantsAreSound(t *testing.T) {
	w := world(t)
	filled := map[string]int{}
	for _, p := range w.Products {
		filled[p.Class]++
		if p.PriceMinor < 900 || p.PriceMinor > 89_900 {
			t.Errorf("%s costs %d, outside 900..89900", p.Key, p.PriceMinor)
		}
		if p.ListPriceMinor < p.PriceMinor {
			t.Errorf("%s lists at %d, below its price %d", p.Key, p.ListPriceMinor, p.PriceMinor)
		}
		if len(p.Variants) == 0 {
			t.Errorf("%s has no variant to buy", p.Key)
		}
		names := map[string]bool{}
		for _, v := range p.Variants {
			if v.ZH == "" || v.EN == "" || names[v.ZH] || names["en "+v.EN] {
				t.Errorf("%s: variant %q / %q is empty or twice", p.Key, v.ZH, v.EN)
			}
			names[v.ZH], names["en "+v.EN] = true, true
		}
	}
	for _, c := range w.Classes {
		if filled[c.Key] < 2 {
			t.Errorf("class %s holds %d products, want two or more", c.Key, filled[c.Key])
		}
		delete(filled, c.Key)
	}
	for key := range filled {
		t.Errorf("class %q is not declared", key)
	}
}

func TestPosts_ReferToWhatExists(t *testing.T) {
	w := world(t)
	channels, clips, spoken, shown := map[string]bool{}, map[string]Clip{}, map[string]int{}, map[string]int{}
	for _, c := range w.Channels {
		channels[c.Key] = true
	}
	for _, c := range w.Clips {
		clips[c.Key] = c
	}
	for i, p := range w.Posts {
		spoken[p.Channel]++
		shown[p.Clip]++
		if !channels[p.Channel] {
			t.Errorf("post %d: no channel %q", i, p.Channel)
		}
		if (p.Clip == "") == (len(p.Pictures) == 0) {
			t.Errorf("post %d shows a clip and pictures, or neither", i)
		}
		if c, ok := clips[p.Clip]; p.Clip != "" && (!ok || c.Live) {
			t.Errorf("post %d: %q is no short clip", i, p.Clip)
		}
		for _, f := range p.Pictures {
			if _, err := fs.Stat(FS(), f); err != nil {
				t.Errorf("post %d: %v", i, err)
			}
		}
		if p.Product != nil && (*p.Product < 0 || *p.Product >= len(w.Products)) {
			t.Errorf("post %d: no product %d", i, *p.Product)
		}
		if len(p.Tags) == 0 {
			t.Errorf("post %d has no tag", i)
		}
	}
	for _, c := range w.Channels {
		if spoken[c.Key] < 2 {
			t.Errorf("channel %s says %d things; its page needs two to pin", c.Key, spoken[c.Key])
		}
		if c.Kind != Personal && c.Kind != BlueV && c.Kind != Unverified {
			t.Errorf("channel %s: unknown kind %q", c.Key, c.Kind)
		}
	}
	for _, c := range w.Clips {
		if !c.Live && shown[c.Key] == 0 {
			t.Errorf("clip %s is in no post", c.Key)
		}
	}
	for _, u := range w.Users {
		if u.Avatar < 0 || u.Avatar >= Avatars {
			t.Errorf("user %s: no avatar %d", u.Name, u.Avatar)
		}
	}
}

// halfWidth finds Latin punctuation between Han, and Han set off by a typed
// space from Latin or digits: the page adds that space itself.
var halfWidth = regexp.MustCompile(`\p{Han}[,;:?!.]|\p{Han} [0-9A-Za-z]|[0-9A-Za-z] \p{Han}`)

func TestCopy_KeepsTheHouseTone(t *testing.T) {
	w := world(t)
	check := func(where, zh, en string) {
		t.Helper()
		if zh == "" || en == "" {
			t.Errorf("%s lacks a language: %q / %q", where, zh, en)
		}
		if strings.ContainsAny(zh+en, "!！") {
			t.Errorf("%s shouts: %q / %q", where, zh, en)
		}
		if m := halfWidth.FindString(zh); m != "" {
			t.Errorf("%s: %q in %q", where, m, zh)
		}
		if strings.IndexFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
			t.Errorf("%s: Han in the English text %q", where, en)
		}
	}
	for _, c := range w.Clips {
		check("clip "+c.Key, c.TitleZH, c.TitleEN)
	}
	for _, c := range w.Classes {
		check("class "+c.Key, c.NameZH, c.NameEN)
	}
	for _, p := range w.Products {
		check("product "+p.Key, p.NameZH, p.NameEN)
		check("story of "+p.Key, p.StoryZH, p.StoryEN)
	}
	for _, c := range w.Channels {
		check("channel "+c.Key, c.NameZH, c.NameEN)
		check("bio of "+c.Key, c.BioZH, c.BioEN)
	}
	for i, p := range w.Posts {
		check(fmt.Sprint("post ", i), p.TextZH, p.TextEN)
	}
	for i := range min(len(w.Comments.ZH), len(w.Comments.EN)) {
		check(fmt.Sprint("comment ", i), w.Comments.ZH[i], w.Comments.EN[i])
	}
}

func TestAvatarFile_WrapsAnyIndexToAFace(t *testing.T) {
	for n, want := range map[int]string{0: "avatars/0.webp", 39: "avatars/39.webp", 40: "avatars/0.webp", -1: "avatars/39.webp"} {
		if got := AvatarFile(n); got != want {
			t.Errorf("AvatarFile(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestFS_RefusesTheSourceArt(t *testing.T) {
	for _, name := range []string{"frames/market.webp", "art/products/bowl0.webp", "assets.go"} {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s is not committed: %v", name, err)
		}
		if _, err := fs.Stat(FS(), name); err == nil {
			t.Errorf("%s is embedded; it only weighs the binary down", name)
		}
	}
}
