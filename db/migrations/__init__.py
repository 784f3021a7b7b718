"""The database's shape, one step from version to version."""
