package app

// tls reports whether this process speaks TLS itself.
func (a *App) tls() bool { return a.Config.TLSDomains != "" || a.Config.TLSCert != "" }
