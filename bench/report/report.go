package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os/exec"
	"strings"
)

// Run is one run of one bench. It is filled by one goroutine.
type Run struct {
	name   string
	groups [3]group
	notes  []string
}

type group struct {
	title string
	rows  []row
}

type row struct {
	key, unit, meaning string
	value              float64
}

const (
	figures = iota
	peers
	ratios
)

// New begins a run; name is what `make bench NAME=` takes.
func New(name string) *Run {
	return &Run{name: name, groups: [3]group{{title: "Hawker"}, {title: "Peers, in this run"}, {title: "Ratios"}}}
}

// Figure is something measured of ours: key in snake case with its unit at the end.
func (r *Run) Figure(key string, value float64, unit, meaning string) {
	r.add(figures, row{key, unit, meaning, value})
}

// Peer is something measured of another system in this run. Call it only after it really ran.
func (r *Run) Peer(key string, value float64, unit, meaning string) {
	r.add(peers, row{key, unit, meaning, value})
}

// Ratio relates ours to a peer; a division by zero is left out.
func (r *Run) Ratio(key string, ours, peer float64, meaning string) {
	if peer != 0 {
		r.add(ratios, row{key, "x", meaning, ours / peer})
	}
}

// Note is a sentence under the table: a peer that is missing, a limit of the machine.
func (r *Run) Note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func (r *Run) add(g int, v row) { r.groups[g].rows = append(r.groups[g].rows, v) }

// Print writes the table and then the JSON line.
func (r *Run) Print(w io.Writer) error {
	m := ThisMachine()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s at %s, %d cores, %s; load comes from the same machine, over loopback\n", r.name, commit(), m.Cores, m.CPU)
	for _, g := range r.groups {
		if len(g.rows) > 0 {
			fmt.Fprintf(&b, "\n%s\n", g.title)
		}
		for _, v := range g.rows {
			fmt.Fprintf(&b, "  %-36s %14s %-10s %s\n", v.key, figure(v.value), v.unit, v.meaning)
		}
	}
	for _, n := range r.notes {
		fmt.Fprintf(&b, "\n- %s", n)
	}
	line, err := json.Marshal(map[string]any{"bench": r.name, "commit": commit(), "machine": m,
		"figures": r.groups[figures].values(), "peers": r.groups[peers].values(), "ratios": r.groups[ratios].values()})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n\n%s\n", b.String(), line)
	return err
}

func (g group) values() map[string]float64 {
	out := make(map[string]float64, len(g.rows))
	for _, v := range g.rows {
		out[v.key] = round(v.value)
	}
	return out
}

// round keeps four digits: no run here is more exact than that.
func round(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	if math.Abs(v) >= 1_000 {
		return math.Round(v)
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

func figure(v float64) string {
	v = round(v)
	if v == math.Trunc(v) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// commit names the sources that were measured; "-changed" when files differ from it.
func commit() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	name := strings.TrimSpace(string(out))
	if out, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no").Output(); err == nil && len(out) > 0 {
		name += "-changed"
	}
	return name
}
