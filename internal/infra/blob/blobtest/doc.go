// Package blobtest is the contract of blob.Store as a test: every Store passes Suite.
package blobtest
