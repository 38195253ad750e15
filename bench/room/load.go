package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"
)

// crowdsPerRun are the processes the viewers are shared among: one a core.
const crowdsPerRun = 2

// firstBlock is where the viewers' addresses begin: 127.10.x.1.
const firstBlock = 10

// audience is a running set of crowds.
type audience struct{ crowds []*running }

type running struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Reader
}

// gather starts the crowds and waits until every viewer has its socket.
func gather(ctx context.Context, job crowdJob) (*audience, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	a := &audience{}
	total, dead := job.Viewers, job.Dead
	block := firstBlock + job.Block
	for i := range crowdsPerRun {
		job.Block, job.Viewers, job.Dead = block+i, total/crowdsPerRun, dead/crowdsPerRun
		if i == 0 {
			job.Viewers += total % crowdsPerRun
			job.Dead += dead % crowdsPerRun
		}
		arg, err := json.Marshal(job)
		if err != nil {
			return a, err
		}
		cmd := exec.CommandContext(ctx, self, "-crowd", string(arg))
		cmd.Stderr = os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		in, err := cmd.StdinPipe()
		if err != nil {
			return a, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return a, err
		}
		if err := cmd.Start(); err != nil {
			return a, err
		}
		a.crowds = append(a.crowds, &running{cmd, in, bufio.NewReaderSize(out, 1<<20)})
	}
	for _, c := range a.crowds {
		if line, err := c.lines.ReadString('\n'); err != nil || line != "\"ready\"\n" {
			return a, fmt.Errorf("a crowd did not gather: %q %w", line, errors.Join(err, c.cmd.Wait()))
		}
	}
	return a, nil
}

// watch has everybody count for so long.
func (a *audience) watch(d time.Duration) (crowdSeen, error) {
	all := make([]crowdSeen, len(a.crowds))
	errs := make([]error, len(a.crowds))
	var both sync.WaitGroup
	for i, c := range a.crowds {
		both.Go(func() {
			if _, errs[i] = fmt.Fprintln(c.in, d.Milliseconds()); errs[i] == nil {
				errs[i] = json.NewDecoder(c.lines).Decode(&all[i])
			}
		})
	}
	both.Wait()
	sum := all[0]
	for _, s := range all[1:] {
		sum.Ticks += s.Ticks
		sum.Decoded += s.Decoded
		sum.Shown += s.Shown
		sum.Said += s.Said
		sum.Bytes += s.Bytes
		sum.Gaps += s.Gaps
		sum.Problems += s.Problems
		sum.Fewest = min(sum.Fewest, s.Fewest)
		sum.Ages = append(sum.Ages, s.Ages...)
		sum.Lost += s.Lost
		sum.Why = max(sum.Why, s.Why)
	}
	slices.Sort(sum.Ages)
	err := errors.Join(errs...)
	if err == nil && (sum.Lost > 0 || sum.Problems > 0) {
		err = fmt.Errorf("%d viewers lost (%s), %d frames not understood", sum.Lost, sum.Why, sum.Problems)
	}
	return sum, err
}

// age at a quantile, ms.
func (s crowdSeen) age(q float64) float64 {
	if len(s.Ages) == 0 {
		return 0
	}
	return float64(s.Ages[min(int(q*float64(len(s.Ages))), len(s.Ages)-1)])
}

func (a *audience) leave() {
	for _, c := range a.crowds {
		_ = c.in.Close()
		_ = c.cmd.Wait()
	}
}
