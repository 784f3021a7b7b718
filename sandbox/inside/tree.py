"""The file system that a program sees: what it needs to start, read-only, and one small scratch.

Imports nothing but `os` beside the system calls, as all of `sandbox.inside`.
"""

# `pathlib` would cost every start 5 ms, and /tmp is the program's own.

import os
import stat

from sandbox.inside import kernel

BOX = "/box"
"""Where the program lies and starts."""

WRITABLE = [BOX, "/tmp", "/dev/shm"]
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]

_HARD = kernel.MS_NOSUID | kernel.MS_NODEV
_OWN_ETC = {"passwd": "box:x:1000:1000:box:/box:/bin/false\n", "group": "box:x:1000:\n"}


def opened_sources(sources: list[tuple[str, str]]) -> list[tuple[str, int]]:
    """Open each existing path by name only, so that it can be bound after the user has changed.

    A source is a path outside and the path that it has inside.

    The launcher may lose the right to walk to a path (an interpreter under a private home) when
    it changes user; a descriptor needs no walking.
    """
    return [(inside, os.open(path, os.O_PATH)) for path, inside in sources if os.path.exists(path)]


def build(sources: list[tuple[str, int]], masked: list[str], scratch_bytes: int, scratch_files: int) -> None:
    """Make the new root and move into it; needs new user, mount and pid namespaces, as pid 1."""
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    root = "/tmp"
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID, "size=1m,nr_inodes=4096,mode=755")
    for path, descriptor in sources:
        _bind(descriptor, root + path)
    for path in masked:
        if os.path.isdir(root + path):
            kernel.mount("tmpfs", root + path, "tmpfs", kernel.MS_NOSUID, "size=4k,nr_inodes=1,mode=755")
    _link_merged_directories(root)
    for name in ("dev", "proc", "tmp", "etc", BOX[1:]):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    for name, text in _OWN_ETC.items():
        _write(f"{root}/etc/{name}", text.encode())
    os.mkdir(f"{root}/dev/shm")
    for device in DEVICES:
        _bind(os.open(device, os.O_PATH), root + device)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"{root}/dev/{name}")
    # While the host's own is still in sight: else the kernel fears that this one shows more.
    kernel.mount("proc", f"{root}/proc", "proc", _HARD | kernel.MS_NOEXEC, "hidepid=invisible")
    kernel.enter_root(root)
    kernel.seal_tree("/")
    _mount_writable(scratch_bytes, scratch_files)


def _mount_writable(scratch_bytes: int, scratch_files: int) -> None:
    kernel.mount("tmpfs", BOX, "tmpfs", _HARD, f"size={scratch_bytes},nr_inodes={scratch_files},mode=755")
    # One quota over all places. The box comes last: it hides the common floor that it lies on.
    for place in WRITABLE[::-1]:
        inner = f"{BOX}/{place[1:].replace('/', '-')}"
        os.mkdir(inner)
        os.chmod(inner, 0o1777)
        kernel.mount(inner, place, "", kernel.MS_BIND)


def _link_merged_directories(root: str) -> None:
    """Repeat the host's /bin -> usr/bin and the like, or bind the directory where it is a real one."""
    for name in ("bin", "lib", "lib64", "lib32", "sbin"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            _bind(os.open(f"/{name}", os.O_PATH), f"{root}/{name}")


def _bind(descriptor: int, target: str) -> None:
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _write(target, b"")
    kernel.mount(f"/proc/self/fd/{descriptor}", target, "", kernel.MS_BIND | kernel.MS_REC)
    os.close(descriptor)


def _write(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
