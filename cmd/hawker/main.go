// Command hawker is the whole site in one program: feed, live rooms, shop and wallet.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// command is one verb of the program.
type command struct {
	name, what string
	run        func(ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "run the site", serve},
		{"demo", "run the site with the whole sample world", demoWorld},
		{"migrate", "bring the database up to date and stop", migrate},
		{"audit", "check every invariant; exits 1 and lists the breaks", audit},
		{"check", "look at what a start needs; --ready asks a running site instead", check},
		{"backup", "save the whole site into one file, while it runs", saveSite},
		{"restore", "lay a saved site into an empty place", restoreSite},
		{"operator", "make an account an operator of the site, opening it when needed", operator},
		{"openapi", "print the API document", openapi},
		{"version", "print the version", version},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name != args[0] {
				continue
			}
			err := c.run(ctx, args[1:])
			switch {
			case err == nil, errors.Is(err, flag.ErrHelp):
				return 0
			case errors.Is(err, errAudit):
				return 1
			}
			fmt.Fprintln(os.Stderr, "hawker "+c.name+":", err)
			return 1
		}
	}
	fmt.Fprintln(os.Stderr, "hawker: a live-commerce site in one program\n\nusage: hawker COMMAND [flags]   (hawker COMMAND --help lists the flags)")
	for _, c := range commands() {
		fmt.Fprintf(os.Stderr, "  %-9s %s\n", c.name, c.what)
	}
	return 2
}
