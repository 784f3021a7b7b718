"""Which layers of isolation can be had on this machine, and if not, why not."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.backend import Backend, open_backend
from sandbox.cgroup import Cgroups
from sandbox.errors import SandboxUnavailable
from sandbox.execution import Layer
from sandbox.inside import kernel
from sandbox.obstacles import namespace_obstacles


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
        Layer.CGROUP: lambda: f"memory limits below {Cgroups.found().memory}",
        Layer.LANDLOCK: lambda: f"version {kernel.landlock_version()}",
    }
    return [_report(layer, trial) for layer, trial in trials.items()]


def _report(layer: Layer, trial: Callable[[], str]) -> LayerReport:
    try:
        return LayerReport(layer=layer, available=True, reason=trial())
    except (SandboxUnavailable, OSError) as error:
        return LayerReport(layer=layer, available=False, reason=str(error))


def _in_namespaces() -> Backend:
    opened = open_backend("embedded")
    if Layer.NAMESPACES not in opened.layers:
        opened.close()
        raise SandboxUnavailable("; ".join(namespace_obstacles()) or "refused, and no known switch says why")
    return opened


def _namespaces() -> str:
    _in_namespaces().close()
    return "a program ran in user, mount, pid, net, ipc, uts and cgroup namespaces of its own"


def _seccomp() -> str:
    kernel.has_seccomp_filter()
    return "filters that kill are available"
