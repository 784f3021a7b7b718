"""Landlock: what of the file system, and of other processes, is within reach at all.

Laid on top of namespaces where they are, and in their place where they are refused. Calls that are
not about opening (`stat` and the like) are not covered by the kernel's version of it: that a path
exists can be seen.
"""

import ctypes
import os
import struct

from sandbox.inside import kernel

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_IOCTL_DEV = 1 << 15
_TRUNCATE = 1 << 14
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_RULE_PATH_BENEATH = 1

_ALL_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_RIGHTS = (1 << 16) - 1
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def restrict(*, readable: "list[str]", writable: "list[str]", devices: "list[str]") -> int:
    """Leave this process and all that it starts nothing but the files given; no privileges from now on.

    Args:
        readable: files and directories to read, list and execute; those that do not exist count not.
        writable: directories in which everything is allowed but making device files.
        devices: files to read and write.

    Returns:
        Landlock's version: from 4 on no TCP, from 6 on no abstract sockets of others and no signals
        to others either.

    Raises:
        OSError: the kernel has no Landlock.
    """
    version = kernel.landlock_version()
    handled = _ALL_RIGHTS_BY_VERSION.get(version, _ALL_RIGHTS)
    words = [handled]
    if version >= 4:
        words.append(_TCP_BIND_AND_CONNECT)
    if version >= 6:
        words.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    ruleset = kernel.landlock_create_ruleset(struct.pack(f"={len(words)}Q", *words))
    try:
        _allow(ruleset, readable, handled & (_EXECUTE | _READ_FILE | _READ_DIR))
        _allow(ruleset, writable, handled & ~_IOCTL_DEV)
        _allow(ruleset, devices, handled & (_READ_FILE | _WRITE_FILE))
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.landlock_restrict_self(ruleset)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, paths: "list[str]", rights: int) -> None:
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH)
        except FileNotFoundError:
            continue
        try:
            fitting = rights if os.path.isdir(path) else rights & _ON_FILES
            rule = ctypes.create_string_buffer(struct.pack("=Qi", fitting, descriptor))
            kernel.landlock_add_rule(ruleset, _RULE_PATH_BENEATH, rule)
        finally:
            os.close(descriptor)
