package backup

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/infra/db"
)

func (w *writer) bytes(name string, b []byte) error {
	return w.part(name, int64(len(b)), bytes.NewReader(b))
}

// database writes the head and every row of one instant.
func (w *writer) database(ctx context.Context, s Source) error {
	return s.DB.Snapshot(ctx, func(ctx context.Context) error {
		head := Head{Format: Format, Program: s.Program, Engine: string(s.DB.Engine()), CreatedAt: s.Clock.Now().UnixMilli()}
		var err error
		if head.Schema, err = s.DB.Schema(ctx); err != nil {
			return err
		}
		if len(head.Schema) == 0 {
			return errors.New("there is no site in this database: nothing to save (look at --data and --database-url)")
		}
		tables, err := s.DB.Tables(ctx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			head.Tables = append(head.Tables, Table(t))
		}
		text, err := json.Marshal(head)
		if err != nil {
			return err
		}
		if err := w.bytes(headName, text); err != nil {
			return err
		}
		for i, t := range head.Tables {
			w.progress.tell("tables", int64(i), int64(len(head.Tables)))
			if err := w.table(ctx, s.DB, t); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		w.progress.tell("tables", int64(len(head.Tables)), int64(len(head.Tables)))
		return nil
	})
}

// table writes one table's rows, in parts.
func (w *writer) table(ctx context.Context, d *db.DB, t Table) (err error) {
	if err := checkTable(t); err != nil {
		return err
	}
	rows, err := d.Query(ctx, `SELECT `+columnList(t)+` FROM "`+t.Name+`"`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := make([]any, len(t.Columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	var out bytes.Buffer
	part := 1
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := appendRow(&out, values); err != nil {
			return err
		}
		w.m.Rows[t.Name]++
		if out.Len() >= partBytes {
			if err := w.rowsPart(t.Name, part, &out); err != nil {
				return err
			}
			part++
		}
	}
	if err := rows.Err(); err != nil || out.Len() == 0 {
		return err
	}
	return w.rowsPart(t.Name, part, &out)
}

func (w *writer) rowsPart(table string, n int, text *bytes.Buffer) error {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text.Bytes()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	text.Reset()
	return w.bytes(fmt.Sprintf("%s%s/%06d.jsonl.gz", tablesDir, table, n), packed.Bytes())
}

func checkTable(t Table) error {
	for _, name := range append([]string{t.Name}, t.Columns...) {
		if !identifier.MatchString(name) {
			return fmt.Errorf("%q is not the name of a table or column", name)
		}
	}
	return nil
}

func columnList(t Table) string { return `"` + strings.Join(t.Columns, `", "`) + `"` }

// raw is a value that JSON cannot carry as text: bytes, or a text that is not UTF-8.
type raw struct {
	Bytes *string `json:"bytes,omitempty"`
	Text  *string `json:"text,omitempty"`
}

// appendRow writes one row as a line: null, whole numbers, fractions, texts, {"bytes"|"text": base64}.
func appendRow(out *bytes.Buffer, values []any) error {
	out.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			out.WriteByte(',')
		}
		switch v := v.(type) {
		case nil:
			out.WriteString("null")
		case int64:
			out.WriteString(strconv.FormatInt(v, 10))
		case string:
			if err := appendText(out, v); err != nil {
				return err
			}
		case []byte:
			text := base64.StdEncoding.EncodeToString(v)
			if err := appendJSON(out, raw{Bytes: &text}); err != nil {
				return err
			}
		default:
			return fmt.Errorf("a column holds %T: this format carries texts, whole numbers and bytes", v)
		}
	}
	out.WriteString("]\n")
	return nil
}

func appendText(out *bytes.Buffer, s string) error {
	if utf8.ValidString(s) {
		return appendJSON(out, s)
	}
	text := base64.StdEncoding.EncodeToString([]byte(s))
	return appendJSON(out, raw{Text: &text})
}

func appendJSON(out *bytes.Buffer, v any) error {
	b, err := json.Marshal(v)
	out.Write(b)
	return err
}

// valueOf reads what appendRow wrote.
func valueOf(text json.RawMessage) (any, error) {
	switch {
	case len(text) == 0:
		return nil, ErrDamaged
	case string(text) == "null":
		return nil, nil
	case text[0] == '"':
		var s string
		err := json.Unmarshal(text, &s)
		return s, err
	case text[0] != '{':
		return strconv.ParseInt(string(text), 10, 64)
	}
	var r raw
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	switch {
	case r.Bytes != nil:
		return base64.StdEncoding.DecodeString(*r.Bytes)
	case r.Text != nil:
		b, err := base64.StdEncoding.DecodeString(*r.Text)
		return string(b), err
	}
	return nil, ErrDamaged
}
