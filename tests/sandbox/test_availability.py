"""Where isolation cannot be had the sandbox says so, says why, and never runs without it."""

import os
import subprocess
import sys
import threading

import pytest

from sandbox.backend import open_backend
from sandbox.backends.scripted import ScriptedBackend, scripted_execution
from sandbox.cgroup import Cgroups
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Layer, Status
from sandbox.job import Job, Limits
from sandbox.probe import probe


@pytest.mark.parametrize(("call", "named"), [("unshare", "unshare"), ("pivot_root", "pivot_root")])
def test_auto_refuses_to_run_where_namespaces_are_refused(call: str, named: str) -> None:
    source = f"""
from sandbox.backend import open_backend
from sandbox.errors import SandboxUnavailable
from sandbox.inside import kernel
from sandbox.seccomp import assemble, refuse
kernel.install_filter(assemble(refuse('{call}')))
try: open_backend()
except SandboxUnavailable as error: print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True
    )
    assert "no isolating sandbox works here" in done.stdout
    assert f"{named}(" in done.stdout
    assert "Operation not permitted" in done.stdout
    assert "default Docker container" in done.stdout
    assert "must be asked for by name" in done.stdout


def test_a_layer_that_is_asked_for_and_missing_closes_the_door() -> None:
    with pytest.raises(SandboxUnavailable, match="lacks namespaces"):
        open_backend("unsafe", require=[Layer.NAMESPACES])


def test_the_probe_reports_every_layer_with_a_reason() -> None:
    reports = {report.layer: report for report in probe()}
    assert set(reports) == set(Layer)
    assert all(report.reason for report in reports.values())
    opened = open_backend("embedded")
    opened.close()
    assert all(reports[layer].available for layer in opened.layers)
    assert reports[Layer.CGROUP].available == (Layer.CGROUP in opened.layers)


def test_left_over_cgroups_of_dead_processes_are_swept() -> None:
    place = Cgroups.found()
    # A process id that cannot be one.
    orphan = place.memory / "harness-sandbox-99999999-0"
    orphan.mkdir()
    Cgroups.found()
    assert not orphan.exists()


@pytest.mark.parametrize(
    "name", ["a/b", "..", ".", "", "a\0b", "/etc/passwd", "\ud800", "x" * 256, "é" * 128]
)
def test_a_file_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a plain one"):
        Job(source="", files={name: b""})


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_limit_that_is_no_limit_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="cpu_seconds must be positive and finite"):
        Limits(cpu_seconds=value)


def test_the_scripted_backend_gives_its_queue_first_and_then_its_answer() -> None:
    fake = ScriptedBackend()
    fake.queue([scripted_execution(Status.SIGNAL), SandboxError("ours")])
    fake.answer = lambda job: scripted_execution(stdout=job.stdin)
    assert fake.run(Job(source="1")).status is Status.SIGNAL
    with pytest.raises(SandboxError, match="ours"):
        fake.run(Job(source="2"))
    assert fake.run(Job(source="3", stdin=b"in")).stdout == b"in"
    assert [job.source for job in fake.jobs] == ["1", "2", "3"]


def test_a_backend_serves_the_children_of_a_fork() -> None:
    """As Celery's workers do it: opened before, used after."""
    backend = open_backend("embedded")
    assert threading.active_count() == 1
    child = os.fork()
    if not child:
        os._exit(0 if backend.run(Job(source="print(1)")).ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    backend.close()
