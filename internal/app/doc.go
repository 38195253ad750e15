// Package app knows everyone: it opens the infrastructure, builds the domains by hand, joins their ports,
// mounts the doors, and orders start and shutdown. Nothing else imports two domains' wiring, and only app
// reads config.
//
// Start: certificates, database, bus, files -> domains -> doors -> listeners -> recovery of rooms -> what this node's
// last life was cut off in -> jobs. A process that serves holds a place in its data folder, which names the node (folder.go). Shutdown
// goes the other way: /readyz says no and the balancer gets its time; streams and sockets are told to come back; no
// new connections, what was asked is answered while publishers still feed the players that wait; publishers told
// to go, sessions and recordings finished, ticks stored, lanes, jobs and bus stopped, database closed.
//
// While a sale is on the garbage collector may leave more behind (collector.go); otherwise it works as Go sets it.
//
// Backup and Restore need no App: they open the stores alone, so that a newer program saves an older site without
// migrating it. Check looks at what a start needs and leaves nothing behind.
package app
