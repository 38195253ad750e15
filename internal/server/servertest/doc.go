// Package servertest calls a door over HTTP, without a socket, for the tests of the doors, and runs the whole
// program behind its sockets for those that need them.
package servertest
