"""A Docker daemon of the tests' own, with the sandbox's image: started by hand, and gone afterwards."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.container import LABEL

DOCKER = shutil.which("docker") or "/usr/bin/docker"
ROOT = Path(__file__).parents[2]
UMOUNT = shutil.which("umount") or "/usr/bin/umount"
START_SECONDS = 30
IMAGE_SECONDS = 600
_BESIDES = (
    # It touches nothing of the machine's network, and makes cgroups itself: there may be no systemd.
    "--iptables=false", "--ip6tables=false", "--bridge=none",
    "--storage-driver", "overlay2", "--exec-opt", "native.cgroupdriver=cgroupfs",
)  # fmt: skip


@contextlib.contextmanager
def docker_engine() -> Iterator[str]:
    """The address of a running daemon that has the image `harness-sandbox:latest`.

    Raises:
        AssertionError: it does not come up, or the image cannot be made; with the end of its log.
    """
    # Its sockets' paths must be short.
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    address = f"unix://{folder}/docker.sock"
    log = folder / "log"
    try:
        with log.open("wb") as file:
            daemon = subprocess.Popen(
                _command(folder, address), stdout=file, stderr=file, start_new_session=True
            )
        try:
            environment = {**os.environ, "DOCKER_HOST": address}
            _await(daemon, environment, log)
            _make_image(environment, log)
            yield address
        finally:
            _stop(daemon, folder)
    finally:
        _unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


def docker(address: str, *words: str) -> str:
    """What the `docker` command says."""
    environment = {**os.environ, "DOCKER_HOST": address}
    return subprocess.run(
        [DOCKER, *words], env=environment, capture_output=True, text=True, check=True
    ).stdout


def containers(address: str) -> list[str]:
    """Those of the docker backend, in whatever state."""
    return docker(address, "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}").split()


def _command(folder: Path, address: str) -> list[str]:
    found = shutil.which("dockerd", path="/usr/sbin:/usr/bin:/usr/local/bin:/sbin")
    assert found, "no dockerd, which these tests start: run scripts/install-services"
    places = ["--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")]
    return [found, *places, "-H", address, "--pidfile", str(folder / "pid"), *_BESIDES]


def _await(daemon: "subprocess.Popen[bytes]", environment: Mapping[str, str], log: Path) -> None:
    latest = time.monotonic() + START_SECONDS
    while time.monotonic() < latest and daemon.poll() is None:
        asked = subprocess.run([DOCKER, "version"], env=environment, capture_output=True, check=False)
        if asked.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"no Docker daemon came up in {START_SECONDS} s:\n{_end_of(log)}")


def _make_image(environment: Mapping[str, str], log: Path) -> None:
    made = subprocess.run(
        [ROOT / "scripts/make-sandbox-image"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=IMAGE_SECONDS,
        check=False,
    )
    said = made.stdout.decode(errors="replace")
    assert made.returncode == 0, f"no image was made:\n{said}\nThe daemon's log:\n{_end_of(log)}"


def _stop(daemon: "subprocess.Popen[bytes]", folder: Path) -> None:
    daemon.terminate()
    try:
        daemon.wait(20)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
    # Its containerd ends with it; where it was killed, not.
    for file in (folder / "exec").glob("containerd/containerd.pid"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(file.read_text()), 15)


def _unmount(folder: Path) -> None:
    """What it left mounted, innermost first."""
    for _, place, *_ in reversed([line.split() for line in Path("/proc/mounts").read_text().splitlines()]):
        if place.startswith(f"{folder}/"):
            subprocess.run([UMOUNT, "-l", place], check=False, capture_output=True)


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]
