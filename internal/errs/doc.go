// Package errs is the small set of error kinds every domain speaks.
//
// A domain returns *errs.Error for every refusal a person can act on; anything else is a fault and
// becomes "internal". New is for what a person may meet, and has words in the web app's locales; ForProgram for
// what only programs meet (internal/archtest keeps both true). The server maps kinds to HTTP statuses and problem+json once (internal/server).
package errs
