"""The sandbox: hostile programs, limits, filters, confinement."""
