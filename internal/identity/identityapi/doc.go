// Package identityapi is the HTTP door of identity: sign-up, sessions, profile, teams, demo roles.
package identityapi
