"""Which layers of isolation can be had on this machine, and if not, why not."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.backend import open_backend
from sandbox.cgroup import MemoryCgroups
from sandbox.errors import SandboxUnavailable
from sandbox.execution import Layer
from sandbox.inside import kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerReport:
    """One layer, whether it can be had here, and the evidence."""

    layer: Layer
    available: bool
    reason: str


def probe() -> list[LayerReport]:
    """Try every layer for real, one trivial program included; takes some tens of milliseconds."""
    trials: dict[Layer, Callable[[], str]] = {
        Layer.NAMESPACES: _namespaces,
        Layer.SECCOMP: _seccomp,
        Layer.RLIMITS: lambda: "always",
        Layer.CGROUP: lambda: f"memory limits below {MemoryCgroups.found().parent}",
        Layer.LANDLOCK: lambda: f"version {kernel.landlock_version()} is there; no backend uses it yet",
    }
    return [_report(layer, trial) for layer, trial in trials.items()]


def _report(layer: Layer, trial: Callable[[], str]) -> LayerReport:
    try:
        return LayerReport(layer=layer, available=True, reason=trial())
    except (SandboxUnavailable, OSError) as error:
        return LayerReport(layer=layer, available=False, reason=str(error))


def _namespaces() -> str:
    open_backend("embedded").close()
    return "a program ran in user, mount, pid, net, ipc, uts and cgroup namespaces of its own"


def _seccomp() -> str:
    kernel.has_seccomp_filter()
    return "filters that kill are available"
