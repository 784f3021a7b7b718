"""Measure a model: benchmarks, pass@k and the reasoning boundary."""
