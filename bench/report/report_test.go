package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLatencies_AreWithinTheirErrorOfTheSortedTimes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, scale := range []float64{1, 1e3, 1e6, 1e9, 1e11} {
		var a, b Latencies
		var all []time.Duration
		for i := range 10_000 {
			d := time.Duration(rng.ExpFloat64() * scale)
			all = append(all, d)
			[]*Latencies{&a, &b}[i%2].Add(d)
		}
		text, err := json.Marshal(&b) // as another process would send it
		var sent Latencies
		if err := errors.Join(err, json.Unmarshal(text, &sent)); err != nil || sent != b {
			t.Fatalf("a histogram changed on its way: %v", err)
		}
		a.Merge(&sent)
		slices.Sort(all)
		for _, q := range []float64{0.01, 0.5, 0.99, 0.999, 1} {
			want := all[int(math.Ceil(q*float64(len(all))))-1]
			got := a.Quantile(q)
			if got < want || float64(got) > float64(want)*(1+1.0/sub)+1 {
				t.Errorf("scale %g, quantile %g: %v, sorted %v", scale, q, got, want)
			}
		}
		if a.Count() != len(all) || a.Max() != all[len(all)-1] {
			t.Errorf("count %d, max %v", a.Count(), a.Max())
		}
	}
}

func TestRun_ItsLastLineIsTheWholeResult(t *testing.T) {
	r := New("sample")
	r.Figure("orders_per_s", 51234.4, "orders/s", "how many")
	r.Peer("other_per_s", 5123.4, "orders/s", "the other")
	r.Ratio("times", 10, 5, "")
	r.Ratio("undefined", 10, 0, "")
	r.Note("a limit")
	var out bytes.Buffer
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	var got struct {
		Bench                  string
		Commit                 string
		Machine                Machine
		Figures, Peers, Ratios map[string]float64
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("%v in %q", err, lines[len(lines)-1])
	}
	if got.Bench != "sample" || got.Machine.Cores < 1 || got.Figures["orders_per_s"] != 51234 || got.Peers["other_per_s"] != 5123 ||
		got.Ratios["times"] != 2 || len(got.Ratios) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCPU_CountsWorkAndOwnProcessIsReadable(t *testing.T) {
	before := CPU()
	for end := time.Now().Add(60 * time.Millisecond); time.Now().Before(end); {
		_ = math.Sqrt(float64(time.Now().UnixNano()))
	}
	if CPU() <= before {
		t.Error("60 ms of work used no processor time")
	}
	if _, err := CPUOf(os.Getpid()); err != nil {
		t.Error(err)
	}
	if n, err := Memory(os.Getpid()); err != nil || n < 1<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
