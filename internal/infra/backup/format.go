package backup

import (
	"archive/tar"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Format is the version of the archive that this program writes, and the newest it reads.
const Format = 1

const (
	headName     = "hawker-backup.json"
	manifestName = "manifest.json"
	sealName     = "seal"
	tablesDir    = "db/"
	filesDir     = "files/"
	secretsDir   = "secrets/"

	// partBytes of JSON are cut into one part: large enough for gzip, small beside the memory of any machine.
	partBytes = 4 << 20
	// maxPart bounds what a part may unpack to: partBytes and the longest row. The longest are stored answers of
	// 1.4 MB; one text may hold 1 GB in SQLite, but no door takes more than a few MB.
	maxPart = 64 << 20
	// maxDocument bounds head and manifest, at 150 bytes for each of two million files.
	maxDocument = 300 << 20
	// sealBytes is the end of every archive: a tar header, the hash in its block, two empty blocks.
	sealBytes = 4 * tarBlock
	tarBlock  = 512
)

// Head is the first part.
type Head struct {
	Format    int                 `json:"format"`
	Program   string              `json:"program"` // version that wrote it
	Engine    string              `json:"engine"`  // database it came from
	CreatedAt int64               `json:"createdAt"`
	Schema    map[string][]string `json:"schema"` // applied migrations by domain
	Tables    []Table             `json:"tables"` // in an order in which rows can be laid
}

// Table names a table and the columns of its rows.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// Manifest is the part before the seal.
type Manifest struct {
	Rows      map[string]int64 `json:"rows"` // by table
	Files     int64            `json:"files"`
	FileBytes int64            `json:"fileBytes"`
	Secrets   int64            `json:"secrets"`
	Parts     []Part           `json:"parts"`
}

// Part is one entry before the manifest.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// AllRows is how many rows the archive holds.
func (m Manifest) AllRows() (n int64) {
	for _, k := range m.Rows {
		n += k
	}
	return n
}

// Progress hears how far the work is: done of total bytes; total is 0 while it is not known.
type Progress func(what string, done, total int64)

func (p Progress) tell(what string, done, total int64) {
	if p != nil {
		p(what, done, total)
	}
}

var (
	// ErrDamaged refuses a file that is not what was written.
	ErrDamaged = errors.New("the backup is damaged or cut short: use another copy of it")
	// ErrNewer refuses an archive of a later program.
	ErrNewer = errors.New("the backup was written by a newer program: install that version or a newer one, then restore")
	// ErrNotEmpty refuses to lay a site over another one.
	ErrNotEmpty = errors.New("there is a site already")
)

// identifier is what tables and columns are called; the text of a statement takes no other name.
var identifier = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// header is the same for the same part, so that a seal can be compared byte by byte.
func header(name string, size int64) *tar.Header {
	return &tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, ModTime: time.Unix(0, 0)}
}

// sealOf is how an archive ends whose bytes so far hash to sum.
func sealOf(sum []byte) ([]byte, error) {
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	text := hex.EncodeToString(sum)
	if err := tw.WriteHeader(header(sealName, int64(len(text)))); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(tw, text); err != nil {
		return nil, err
	}
	if err := tw.Close(); err != nil {
		return nil, err
	}
	if b.Len() != sealBytes {
		return nil, fmt.Errorf("the seal has %d bytes", b.Len())
	}
	return b.Bytes(), nil
}
