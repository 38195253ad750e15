//go:build !unix

package dbtest

import "errors"

func cluster() (string, error) {
	return "", errors.New("the tests start their own server only on Unix")
}
