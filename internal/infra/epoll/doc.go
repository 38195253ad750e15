// Package epoll is the few system calls of Linux that event loops over plain sockets are made of: waiting for
// many descriptors on one thread (epoll_wait is syscall.EpollWait), a bell that wakes the thread, and reads and
// writes that never wait. Everything is empty on other systems; who uses it has another way there.
package epoll
