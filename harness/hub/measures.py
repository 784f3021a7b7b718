"""What the hub counts of itself, for Prometheus to read at `/metrics`."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rewards.verifier import VERIFIERS


class Measures:
    """Counters in a registry of their own, so that two hubs in one process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._verdicts = Counter(
            "harness_verdicts", "Verdicts given.", ["verifier", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "harness_grade_seconds",
            "Seconds from a request's rows to their verdicts.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "harness_grade_requests_in_flight", "Requests being graded.", registry=self._registry
        )

    @contextmanager
    def request(self) -> Iterator[None]:
        """Time one request and count it as in flight meanwhile."""
        with self._in_flight.track_inprogress(), self._seconds.time():
            yield

    def count(self, rows_out: Iterable[Mapping[str, Any]]) -> None:
        """Count answers. A name that is no verifier's is counted as `unknown`: callers choose names."""
        for row in rows_out:
            name = row["verifier"]["name"]
            self._verdicts.labels(name if name in VERIFIERS else "unknown", row["status"]).inc()

    def text(self) -> bytes:
        """The counts in Prometheus's text format."""
        return generate_latest(self._registry)
