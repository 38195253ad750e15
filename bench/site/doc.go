// Package site is a whole Hawker for a bench: the built binary as a child process with a data folder
// of its own, and people at its API.
//
// Nouns: a Site is a running server; a Person is somebody signed in; an Upload is a file sent by tus.
// A site and its folder are gone after Stop.
package site
