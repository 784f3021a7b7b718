"""A Docker daemon on this machine, and whether slots can be made there (`sandbox.container`).

The SDK is looked for only when a daemon is asked for: all else does without it.
"""

import contextlib
import importlib
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.errors import SandboxUnavailable

FLOOR: Final = "/run/scratch"
ONE_QUOTA_LABEL: Final = "harness.scratch"
_ANSWER_SECONDS: Final = 10
_REMAPPED: Final = frozenset({"name=userns", "name=rootless"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A daemon, and what containers there are made of.

    Holds no connection, so that threads and children of a fork may share it.
    """

    docker: Any
    """The SDK's module."""
    address: str
    version: str
    """Of the daemon's interface, asked for once."""
    image: str
    runtime: str | None
    memory_bytes: int
    """For everything in one container together, its files too."""
    one_quota: bool
    """Whether the places to write to are links of the image onto one file system at `FLOOR`."""
    remapped: bool
    """Whether the daemon gives a container few users, and its root no rights on our files."""

    @classmethod
    def found(cls, *, host: str | None, image: str, runtime: str | None, memory_bytes: int) -> "Engine":
        """Ask the daemon who it is, and whether it has the image.

        Raises:
            SandboxUnavailable: it does not answer, or cannot do what is needed; the message says what
                to do.
        """
        try:
            docker: Any = importlib.import_module("docker")
        except ImportError as error:
            raise SandboxUnavailable(
                f"the docker backend needs Docker's SDK: pip install 'prorl-harness[docker]' ({error})"
            ) from None
        address = host or os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
        if not address.startswith("unix://"):
            raise SandboxUnavailable(
                f"a Docker daemon elsewhere ({address}) is not supported yet, since descriptors do not get "
                "there: run the harness beside it, or give one at unix://"
            )
        try:
            _reach(address)
            with contextlib.closing(
                docker.APIClient(address, version="auto", timeout=_ANSWER_SECONDS)
            ) as client:
                facts, version = client.info(), client.api_version
                labels = client.inspect_image(image)["Config"].get("Labels") or {}
        except docker.errors.ImageNotFound:
            raise SandboxUnavailable(
                f"the Docker daemon at {address} has no image {image!r}: make it by "
                "scripts/make-sandbox-image, or build sandbox/docker/Dockerfile"
            ) from None
        except (OSError, docker.errors.DockerException) as error:
            raise SandboxUnavailable(
                f"no Docker daemon answers at {address}: start one, or set DOCKER_HOST ({error})"
            ) from None
        _check(facts, runtime)
        return cls(
            docker=docker,
            address=address,
            version=version,
            image=image,
            runtime=runtime,
            memory_bytes=memory_bytes,
            one_quota=labels.get(ONE_QUOTA_LABEL) == FLOOR,
            remapped=bool(_REMAPPED & {option.split(",")[0] for option in facts["SecurityOptions"] or ()}),
        )

    @contextlib.contextmanager
    def client(self, seconds: float = _ANSWER_SECONDS) -> Iterator[Any]:
        """The SDK's client for one thread; its failures come out as `OSError`."""
        _reach(self.address)
        try:
            with contextlib.closing(
                self.docker.APIClient(self.address, version=self.version, timeout=seconds)
            ) as client:
                yield client
        except self.docker.errors.DockerException as error:
            raise OSError(str(error)) from error

    def remove(self, container: str) -> None:
        """Kill and remove a container, or leave that to the daemon where it is at it already.

        Raises:
            OSError: the daemon does not answer.
        """
        with self.client() as client, contextlib.suppress(self.docker.errors.APIError):
            client.remove_container(container, force=True, v=True)

    def gone(self, container: str) -> bool:
        """Whether the daemon has a container no more."""
        with self.client() as client:
            try:
                client.inspect_container(container)
            except self.docker.errors.NotFound:
                return True
        return False


def _reach(address: str) -> None:
    """Knock, for the SDK leaves a socket open where nobody answers.

    Raises:
        OSError: nobody does.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(_ANSWER_SECONDS)
        knocking.connect(address.removeprefix("unix://"))


def _check(facts: Mapping[str, Any], runtime: str | None) -> None:
    missing = [limit for limit in ("MemoryLimit", "PidsLimit") if not facts.get(limit)]
    if missing:
        raise SandboxUnavailable(
            f"this Docker daemon cannot keep {' and '.join(missing)} (no cgroup controllers): a rootless "
            "one needs them delegated"
        )
    known = sorted(facts.get("Runtimes") or ())
    if runtime is not None and runtime not in known:
        raise SandboxUnavailable(f"this Docker daemon has no runtime {runtime!r}: it has {', '.join(known)}")
