"""One file a backend; each knows none of its neighbours."""
