package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"syscall"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// killAfter is how many acknowledgements the parent waits for: many batches, the last under way.
const killAfter = 8_000

// killed runs a load in a child, kills it with -9 in the middle, and looks for every order it had
// acknowledged.
func killed(ctx context.Context, engine string, faults *totals) error {
	data, url, _, done, err := site(ctx, engine)
	if err != nil {
		return err
	}
	defer done()
	const orders = 60_000
	cmd, err := self(job{Data: data, URL: url, Clients: 500, Orders: orders, Units: orders, Acks: true})
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	acked := map[string]bool{}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		if id := lines.Text(); len(id) == len("ord_")+26 { // the line the kill cut short is no answer
			acked[id] = true
		}
		if len(acked) == killAfter {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait() // it was killed
	if len(acked) < killAfter {
		return fmt.Errorf("the child ended after %d orders, before it was killed", len(acked))
	}
	faults.killed += len(acked)
	faults.kills++
	return recount(ctx, data, url, acked, faults)
}

// recount opens what the killed process left and looks for its orders.
func recount(ctx context.Context, data, url string, acked map[string]bool, faults *totals) error {
	a, stop, err := open(ctx, data, url)
	if err != nil {
		return err
	}
	defer stop()
	found, err := db.List(ctx, a.DB, scanID, `SELECT id FROM shop_orders`)
	if err != nil {
		return err
	}
	for _, id := range found {
		delete(acked, id)
	}
	faults.lost += len(acked)
	r, err := a.Audit(ctx)
	for _, b := range r.Breaks {
		fmt.Fprintln(os.Stderr, "after the kill:", b)
	}
	faults.breaks += len(r.Breaks)
	return err
}
