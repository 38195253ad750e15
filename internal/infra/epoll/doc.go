// Package epoll is the few system calls of Linux that event loops over plain sockets are made of: a Poller to wait
// for many descriptors, a bell that wakes who waits, and reads and writes that never wait. It is empty on other
// systems; who uses it has another way there.
package epoll
