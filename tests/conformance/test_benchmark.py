"""Every benchmark in the table can be opened and is the same each time."""

import pytest

from evals.benchmark import BENCHMARKS, Benchmark, content_version, open_benchmark
from evals.errors import EvalError


@pytest.fixture(params=sorted(BENCHMARKS))
def benchmark(request: pytest.FixtureRequest) -> Benchmark:
    found = open_benchmark(request.param)
    assert found.name == request.param
    return found


def test_a_benchmark_has_problems_of_one_domain_and_none_twice(benchmark: Benchmark) -> None:
    problems = benchmark.problems()
    assert len({problem.id for problem in problems}) == len(problems) >= 32
    assert len({problem.domain for problem in problems}) == 1


def test_a_benchmark_keeps_its_version(benchmark: Benchmark) -> None:
    assert content_version(benchmark.problems()) == content_version(benchmark.problems())


def test_what_is_no_benchmark_is_refused() -> None:
    with pytest.raises(EvalError, match="no benchmark 'aime': have starter-code"):
        open_benchmark("aime")
    with pytest.raises(EvalError, match="cannot be loaded"):
        open_benchmark("evals.benchmarks.starter:NOTHING")
    with pytest.raises(EvalError, match="is a dict, not a Benchmark"):
        open_benchmark("evals.benchmark:BENCHMARKS")
