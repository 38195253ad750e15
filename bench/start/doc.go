// Command start measures how soon a fresh Hawker shows its first page and what it needs while nobody
// comes: the binary is started on empty data folders, as an empty site and as the sample world.
package main
