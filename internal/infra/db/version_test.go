package db

import "testing"

func TestAtLeast(t *testing.T) {
	for have, ok := range map[string]bool{
		"3.51.3": true, "3.51.4": true, "3.52.0": true, "4.0.0": true, "3.100.0": true, "3.51.3.1": true,
		"3.51.2": false, "3.50.9": false, "3.9.99": false, "2.99.99": false, "3.51": false, "": false,
	} {
		if atLeast(have, minSQLite) != ok {
			t.Errorf("%s: not %v", have, ok)
		}
	}
}
