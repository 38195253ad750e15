package proc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStart_WaitsUntilReadyAndStops(t *testing.T) {
	flag := filepath.Join(t.TempDir(), "ready")
	p, err := Start(context.Background(), Options{Ready: func(context.Context) error {
		_, err := os.Stat(flag)
		return err
	}}, "/bin/sh", "-c", "sleep 0.1; touch "+flag+"; sleep 60")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(flag); err != nil {
		t.Error("it was called ready too early")
	}
	begin := time.Now()
	p.Stop()
	if time.Since(begin) > stopWait {
		t.Error("TERM was not enough for a sleeping shell")
	}
}

func TestStart_TellsWhyAServerEndedEarly(t *testing.T) {
	_, err := Start(context.Background(), Options{Ready: func(context.Context) error { return errors.New("not yet") }},
		"/bin/sh", "-c", "echo the port is taken; exit 3")
	if err == nil || !strings.Contains(err.Error(), "the port is taken") {
		t.Errorf("%v", err)
	}
}

func TestFind_LeavesOutWhatIsNotInstalled(t *testing.T) {
	if got := Find("no-such-program-anywhere", "/no/such/*/place"); got != "" {
		t.Error(got)
	}
	if got := Find("no-such-program-anywhere", "/bin/s*"); got == "" {
		t.Error("a pattern was not looked at")
	}
}
