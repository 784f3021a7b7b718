"""Draw reports, runs and samples as web pages: pure functions, no database, HTTP or clock."""
