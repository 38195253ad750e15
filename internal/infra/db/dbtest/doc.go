// Package dbtest runs a store test on both engines.
//
// SQLite gets a file in the test's own directory. PostgreSQL gets one cluster per test process,
// started on first use from the installed binaries (as the user postgres or nobody when the test
// runs as root, which initdb refuses), reachable only by a Unix socket, and one schema per test.
// A small shell watches the test process through a pipe: whenever that ends, however it ends, the
// shell stops the server and removes its directory.
//
// HAWKER_TEST_POSTGRES_URL names a server to use instead; each test then makes and drops its own
// schema there. Without either the test fails and says what to install: a skipped engine is an
// untested engine.
package dbtest
