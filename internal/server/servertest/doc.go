// Package servertest calls a door over HTTP, without a socket, for the tests of the doors.
package servertest
