// Package certs gives the process its TLS certificates: from two files, or from an ACME authority (RFC 8555).
//
// Nouns: Keeper (what answers TLS handshakes), files (a chain and its key), authority (Let's Encrypt, or another
// directory).
//
// Invariants:
//   - Files that change are read again within ReadEvery; a pair that does not fit is refused and the old one stays.
//   - Certificates of an authority are obtained in the background by http-01 (port 80) or tls-alpn-01 (port 443),
//     kept under their own folder, and renewed by certmagic when a third of their life is left. The site answers
//     handshakes for its own names only.
//   - Plain HTTP answers challenges and sends everybody else to the same address over https.
package certs
