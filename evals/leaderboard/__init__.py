"""Draw reports, runs and samples as web pages: pure functions from data to HTML, no database, HTTP or clock."""
