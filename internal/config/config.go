package config

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Config is everything an operator can set.
type Config struct {
	Addr        string `flag:"addr" default:":8080" doc:"address of the web, API and media door"`
	RTMPAddr    string `flag:"rtmp-addr" default:":1935" doc:"address of the RTMP ingest; empty turns it off"`
	WebRTCAddr  string `flag:"webrtc-addr" default:":8189" doc:"UDP address for WHIP media, one port for all; empty lets the system choose ports"`
	PublicURL   string `flag:"public-url" doc:"URL people use, when it differs from the address, e.g. https://live.example.org"`
	Data        string `flag:"data" default:"./data" doc:"folder for the embedded database, files and uploads"`
	DatabaseURL string `flag:"database-url" doc:"sqlite:PATH or postgres://…; default: SQLite in the data folder"`
	BusURL      string `flag:"bus-url" default:"embedded" doc:"embedded, or nats://… of a cluster"`
	BlobURL     string `flag:"blob-url" doc:"file:DIR or s3://KEY:SECRET@HOST/BUCKET; default: files in the data folder"`
	Live        bool   `flag:"live" default:"true" doc:"this node holds the rooms on air and takes encoders; in a cluster one node does, the others say --live=false"`
	Name        string `flag:"name" default:"Hawker" doc:"name of this site"`
	Sandbox     bool   `flag:"sandbox-pay" doc:"allow the sandbox payment provider outside demo mode; no real money moves, and every screen says so"`
	FeeBPS      int    `flag:"fee-bps" default:"200" doc:"platform fee on settled orders, in basis points (200 = 2 %)"`
	SignUps     int    `flag:"sign-ups" default:"500" doc:"accounts that one network address may open at once, and as many again within an hour; a school or an office shares one address; 0 sets no limit"`
	Proxies     string `flag:"trusted-proxies" default:"127.0.0.0/8,::1" doc:"networks of the proxies in front, whose X-Forwarded-For is believed; limits count by the address it tells"`
	LogLevel    string `flag:"log-level" default:"info" doc:"debug, info, warn or error"`
	LogFormat   string `flag:"log-format" default:"text" doc:"text or json"`
	AccessLog   bool   `flag:"access-log" default:"true" doc:"write a line for every request, without addresses, queries and anything secret"`
	MetricsAddr string `flag:"metrics-addr" doc:"address of Prometheus metrics at /metrics, without sign-in: use a loopback or private one, e.g. 127.0.0.1:9464; empty turns them off"`
	DrainWait   int    `flag:"drain-wait" default:"0" doc:"seconds between /readyz saying 503 at a stop and the doors closing: as long as the balancer in front needs to notice"`
	TLSDomains  string `flag:"tls-domains" doc:"names to get certificates for by ACME, with commas; the web address should then be :443"`
	TLSEmail    string `flag:"tls-email" doc:"where the certificate authority may write to"`
	TLSCA       string `flag:"tls-ca" doc:"ACME directory of another authority than Let's Encrypt"`
	TLSCert     string `flag:"tls-cert" doc:"file with a certificate chain (PEM); read again when it changes"`
	TLSKey      string `flag:"tls-key" doc:"file with its key (PEM)"`
	HTTPAddr    string `flag:"http-addr" default:":80" doc:"with TLS: address that sends people to https and answers ACME; empty turns it off"`
}

// Load reads the file named by --config or HAWKER_CONFIG (KEY=VALUE lines), then the environment, then args.
// It returns what is left of args after the flags.
func Load(command string, args []string, getenv func(string) string) (Config, []string, error) {
	var c Config
	fields := reflect.ValueOf(&c).Elem()
	fs := flag.NewFlagSet(command, flag.ContinueOnError)
	file := fs.String("config", getenv("HAWKER_CONFIG"), "file with KEY=VALUE lines, keys as the flags")
	set := map[string]func(string) error{}
	for i := range fields.NumField() {
		f, v := fields.Type().Field(i), fields.Field(i)
		name := f.Tag.Get("flag")
		set[name] = func(s string) error { return assign(v, name, s) }
		if d := f.Tag.Get("default"); d != "" {
			if err := set[name](d); err != nil {
				return c, nil, err
			}
		}
	}
	given := map[string]string{}
	for name := range set {
		f := fieldOf(fields.Type(), name)
		doc := f.Tag.Get("doc")
		if d := f.Tag.Get("default"); d != "" {
			doc += " (default " + d + ")"
		}
		note := func(s string) error { given[name] = s; return nil }
		if f.Type.Kind() == reflect.Bool {
			fs.BoolFunc(name, doc, note)
		} else {
			fs.Func(name, doc, note)
		}
	}
	if err := fs.Parse(args); err != nil {
		return c, nil, err
	}
	if *file != "" {
		if err := readFile(*file, set); err != nil {
			return c, nil, err
		}
	}
	for name, assign := range set {
		if v := getenv(EnvName(name)); v != "" {
			if err := assign(v); err != nil {
				return c, nil, fmt.Errorf("%s: %w", EnvName(name), err)
			}
		}
	}
	for name, v := range given {
		if err := set[name](v); err != nil {
			return c, nil, fmt.Errorf("--%s: %w", name, err)
		}
	}
	c.complete()
	return c, fs.Args(), nil
}

// EnvName is the environment variable of a flag: rtmp-addr -> HAWKER_RTMP_ADDR.
func EnvName(flag string) string {
	return "HAWKER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (c *Config) complete() {
	if c.DatabaseURL == "" {
		c.DatabaseURL = "sqlite:" + filepath.Join(c.Data, "hawker.db")
	}
	if c.BlobURL == "" {
		c.BlobURL = "file:" + filepath.Join(c.Data, "files")
	}
}

func readFile(path string, set map[string]func(string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("config file: %w", err)
	}
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		assign, known := set[strings.TrimSpace(name)]
		if !ok || !known {
			err = fmt.Errorf("%s:%d: not a setting: %q", path, n, line)
			break
		}
		if err = assign(strings.TrimSpace(value)); err != nil {
			err = fmt.Errorf("%s:%d: %w", path, n, err)
			break
		}
	}
	return errors.Join(err, sc.Err(), f.Close())
}

func fieldOf(t reflect.Type, name string) reflect.StructField {
	f, _ := t.FieldByNameFunc(func(s string) bool {
		f, _ := t.FieldByName(s)
		return f.Tag.Get("flag") == name
	})
	return f
}

func assign(v reflect.Value, name, s string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		switch strings.ToLower(s) {
		case "1", "true", "yes", "on":
			v.SetBool(true)
		case "0", "false", "no", "off":
			v.SetBool(false)
		default:
			return fmt.Errorf("%s wants true or false, not %q", name, s)
		}
	case reflect.Int:
		var n int64
		if _, err := fmt.Sscanf(s, "%d", &n); err != nil {
			return fmt.Errorf("%s wants a whole number, not %q", name, s)
		}
		v.SetInt(n)
	default:
		return fmt.Errorf("%s: no such kind of setting", name)
	}
	return nil
}
