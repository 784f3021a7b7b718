"""The starter sets as benchmarks: every problem of each."""

from evals.benchmark import Benchmark

_ALL = 1000

MATH = Benchmark(name="starter-math", source="starter", options={"domain": "math"}, count=_ALL, seed=0)
CODE = Benchmark(name="starter-code", source="starter", options={"domain": "code"}, count=_ALL, seed=0)
STEM = Benchmark(name="starter-stem", source="starter", options={"domain": "stem"}, count=_ALL, seed=0)
INSTRUCTION = Benchmark(
    name="starter-instruction", source="starter", options={"domain": "instruction"}, count=_ALL, seed=0
)
