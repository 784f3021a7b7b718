"""One file a verifier; each knows none of its neighbours."""
