"""Why namespaces cannot be had here, in words that say what to do."""

from pathlib import Path
from typing import Final

_SWITCHES: Final = (
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0",
        "the sysctl kernel.unprivileged_userns_clone is 0: set it to 1",
    ),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        (
            "AppArmor refuses user namespaces to ordinary users (Ubuntu): set the sysctl "
            "kernel.apparmor_restrict_unprivileged_userns to 0, or give this Python an AppArmor profile "
            "with `userns,`"
        ),
    ),
    (
        "/proc/sys/user/max_user_namespaces",
        "0",
        "the sysctl user.max_user_namespaces is 0: raise it",
    ),
)


def namespace_obstacles() -> list[str]:
    """Every known switch that stands against user namespaces here, with what to do about it."""
    found = [advice for path, bad, advice in _SWITCHES if _read(path) == bad]
    if "Seccomp:\t2" in _read("/proc/self/status"):
        found.append(
            "this process runs under a seccomp filter, as in a default Docker container: start the "
            "container with a profile that allows unshare, mount and pivot_root"
        )
    return found


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
