package liveapi

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestLiveNotice_NeverTellsHowManyReserved(t *testing.T) {
	keys := func(v any) map[string]json.RawMessage {
		t.Helper()
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]json.RawMessage{}
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	known := map[string]bool{"id": true, "channel": true, "title": true, "coverUrl": true, "startsAt": true, "state": true, "roomId": true, "products": true, "reserved": true, "reason": true, "calendarUrl": true}
	for k, v := range keys(LiveNotice{RoomID: "r", Reason: "r"}) {
		if !known[k] {
			t.Errorf("a viewer is told %q: say here why that is no count", k)
		}
		if k == "reserved" && strings.TrimSpace(string(v)) != "false" {
			t.Errorf("reserved is %s: it is the reader's own yes or no", v)
		}
	}
	if _, ok := keys(DeskNotice{})["count"]; !ok {
		t.Error("the team is not told how many reserved")
	}
}
