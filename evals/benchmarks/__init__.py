"""One file a family of benchmarks; each knows none of its neighbours."""
