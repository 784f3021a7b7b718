"""One file a data source; each knows none of its neighbours."""
