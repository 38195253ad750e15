// Package sandboxtest runs a sandbox bank behind a real loopback server for tests: the same signed
// requests and notifies as in a running program, with the clock of the test.
package sandboxtest
