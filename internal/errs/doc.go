// Package errs is the small set of error kinds every domain speaks.
//
// A domain returns *errs.Error for every refusal a person can act on; anything else is a fault and
// becomes "internal". The server maps kinds to HTTP statuses and problem+json once (internal/server).
package errs
