"""Messages between the backend and a slot: one packet each, with descriptors beside it.

What goes in is marshalled, for that is our own word and quick to read; what comes back out of a slot
is plain text, for a slot has had a stranger in it.
"""

import marshal
import sys

CANCEL = b"cancel"
"""Ends the program that runs; the one message that is no order."""
_LONGEST = 131_072
_MOST_DESCRIPTORS = 64
_INT = 4
_SOL_SOCKET = 1
_SCM_RIGHTS = 1
_CMSG_CLOEXEC = 0x40000000
_ROOM = 16 + 4 * _MOST_DESCRIPTORS + 8


def send(connection, order: dict, descriptors: "list[int]") -> None:  # type: ignore[no-untyped-def,type-arg]
    """Send one order, at most 64 KiB of it, and up to 64 descriptors."""
    packed = b"".join(number.to_bytes(_INT, sys.byteorder) for number in descriptors)
    beside = [(_SOL_SOCKET, _SCM_RIGHTS, packed)] if descriptors else []
    connection.sendmsg([marshal.dumps(order)], beside)


def receive(connection) -> "tuple[dict | None, list[int]]":  # type: ignore[no-untyped-def,type-arg]
    """One order and its descriptors, closed on exec; None where the other side has hung up."""
    content, beside, _, _ = connection.recvmsg(_LONGEST, _ROOM, _CMSG_CLOEXEC)
    if content == CANCEL:  # it came when what it meant had ended by itself
        return receive(connection)
    descriptors: list[int] = []
    for level, kind, data in beside:
        if level == _SOL_SOCKET and kind == _SCM_RIGHTS:
            places = range(0, len(data) - _INT + 1, _INT)
            descriptors += [int.from_bytes(data[place : place + _INT], sys.byteorder) for place in places]
    return marshal.loads(content) if content else None, descriptors  # noqa: S302 -- our own words
