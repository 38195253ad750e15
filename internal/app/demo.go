package app

import "context"

// SeedDemo lays the sample world.
func (a *App) SeedDemo(context.Context, func(done, total int, what string)) error { return nil }
