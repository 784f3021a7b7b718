"""A confined worker may compute, read and use what is open; nothing else."""

import subprocess
import sys

import pytest

PRELUDE = """
import ctypes, os, resource, signal, socket, subprocess, sys, threading
from sandbox.confinement import confine_this_process
from sandbox.inside import kernel
def refused(action):
    try: action()
    except PermissionError: print('refused')
    else: print('done')
"""


def _worker(source: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + source], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "action",
    [
        "os.fork()",
        "subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 9))",
        "open('/tmp/confined', 'w')",
        "open('/dev/null', 'r+')",
        "open('/tmp/confined', 'a')",
        "os.unlink('/tmp/confined')",
        "os.mkdir('/tmp/confined')",
        "os.rename('/tmp/confined', '/tmp/other')",
        "os.chmod('/tmp', 0o777)",
        "os.utime('/tmp')",
        "os.symlink('/tmp', '/tmp/confined')",
        "os.kill(os.getppid(), 0)",
        "os.kill(-1, 0)",
        "os.pidfd_open(os.getppid())",
        "os.memfd_create('x')",
        "resource.prlimit(os.getppid(), resource.RLIMIT_CORE)",
        "os.sched_setaffinity(0, {0})",
        "kernel.unshare(kernel.CLONE_NEWUSER)",
        "kernel.mount('none', '/tmp', 'tmpfs', 0)",
    ],
)
def test_what_reaches_out_is_refused(action: str) -> None:
    done = _worker(f"confine_this_process(memory_bytes=64 << 20)\nrefused(lambda: {action})")
    assert done.stdout == "refused\n", done


def test_what_a_worker_needs_still_works() -> None:
    source = """
layers = confine_this_process(memory_bytes=64 << 20, cpu_seconds=5)
thread = threading.Thread(target=lambda: print('thread'))
thread.start()
thread.join()
print(sorted(layers), len(open('/etc/passwd').read()) > 0)
import decimal, fractions
os.kill(os.getpid(), 0)
left, right = socket.socketpair()
left.send(b'hi')
print(right.recv(2), decimal.Decimal(1) / 3)
"""
    done = _worker(source)
    assert done.stdout.splitlines() == [
        "thread",
        "[<Layer.RLIMITS: 'rlimits'>, <Layer.SECCOMP: 'seccomp'>] True",
        "b'hi' 0.3333333333333333333333333333",
    ], done


def test_threads_that_run_already_are_confined_too() -> None:
    source = """
go, told = threading.Event(), []
def wait():
    go.wait()
    try: os.fork()
    except PermissionError: told.append('refused')
thread = threading.Thread(target=wait)
thread.start()
confine_this_process(memory_bytes=64 << 20)
go.set()
thread.join()
print(told)
"""
    assert _worker(source).stdout == "['refused']\n"


def test_memory_and_processor_time_have_an_end() -> None:
    source = """
confine_this_process(memory_bytes=64 << 20, cpu_seconds=1)
try: bytearray(128 << 20)
except MemoryError: print('no more', flush=True)
while True: pass
"""
    done = _worker(source)
    assert (done.stdout, done.returncode) == ("no more\n", -9)


def test_a_worker_dies_with_who_started_it() -> None:
    source = """
reading, writing = os.pipe()
middle = os.fork()
if not middle:
    if not os.fork():
        os.close(reading)
        confine_this_process(memory_bytes=64 << 20)
        os.write(writing, b'confined')
        signal.pause()
    os.close(writing)
    os.read(reading, 8)
    os._exit(0)
os.close(writing)
os.waitpid(middle, 0)
print(os.read(reading, 8))  # the end of the pipe: nobody holds its other side
"""
    assert _worker(source).stdout == "b''\n"


def test_where_filters_are_refused_the_worker_says_so() -> None:
    source = """
from sandbox.errors import SandboxUnavailable
from sandbox.seccomp import assemble, refuse
kernel.install_filter(assemble(refuse('seccomp')))
try: confine_this_process(memory_bytes=64 << 20)
except SandboxUnavailable as error: print(error)
"""
    said = _worker(source).stdout
    assert "this worker cannot be confined" in said
    assert "seccomp(filter): Operation not permitted" in said
