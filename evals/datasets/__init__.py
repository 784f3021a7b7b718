"""One file a published data set; each knows none of its neighbours."""
