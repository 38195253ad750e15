package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

func main() {
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	err := run(os.Args[1:], out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo-assets:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 1 && args[0] == "list" {
		for _, c := range clips() {
			if _, err := fmt.Fprintln(out, c.key, c.seconds*fps, fps); err != nil {
				return err
			}
		}
		return nil
	}
	if len(args) < 2 {
		return errors.New("usage: demo-assets list | video KEY ART | still KEY ART AT | sound KEY | caption KEY")
	}
	c, err := find(args[1])
	if err != nil {
		return err
	}
	switch {
	case args[0] == "video" && len(args) == 3:
		return c.video(out, args[2])
	case args[0] == "still" && len(args) == 4:
		at, err := strconv.ParseFloat(args[3], 64)
		if err != nil {
			return fmt.Errorf("instant %q: %w", args[3], err)
		}
		return c.still(out, args[2], at)
	case args[0] == "sound" && len(args) == 2:
		return c.sound.write(out, c.seconds)
	case args[0] == "caption" && len(args) == 2:
		_, err := io.WriteString(out, c.captionSVG())
		return err
	}
	return fmt.Errorf("unknown command %q with %d arguments", args[0], len(args)-1)
}

func find(key string) (clip, error) {
	for _, c := range clips() {
		if c.key == key {
			return c, nil
		}
	}
	return clip{}, fmt.Errorf("no clip named %q", key)
}

func (c clip) video(out io.Writer, art string) error {
	r, err := c.load(art)
	if err != nil {
		return err
	}
	f, raw := newFrame(), make([]byte, frameW*frameH*3)
	for i := range r.frames {
		r.draw(f, float64(i)/float64(r.frames))
		f.bytes(raw)
		if _, err := out.Write(raw); err != nil {
			return fmt.Errorf("write frame %d: %w", i, err)
		}
	}
	return nil
}

func (c clip) still(out io.Writer, art string, at float64) error {
	r, err := c.load(art)
	if err != nil {
		return err
	}
	f, raw := newFrame(), make([]byte, frameW*frameH*3)
	r.draw(f, at)
	f.bytes(raw)
	if _, err := fmt.Fprintf(out, "P6 %d %d 255\n", frameW, frameH); err != nil {
		return err
	}
	_, err = out.Write(raw)
	return err
}
