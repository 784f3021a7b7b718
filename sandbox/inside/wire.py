"""Messages between the backend and a slot: one packet each, with descriptors beside it.

What goes in is marshalled, for that is our own word and quick to read; what comes back out of a slot
is plain text, for a slot has had a stranger in it.

An order's payload is a program's text, and the slot's next program is a fork of the process that received
it. It therefore lies in one buffer, which is wiped when the order is carried out, and never in a heap.
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
_buffer = memoryview(bytearray(_LONGEST))


def send(connection, order: dict, descriptors: "list[int]") -> None:  # type: ignore[no-untyped-def,type-arg]
    """Send one order, at most 64 KiB of it, and up to 64 descriptors."""
    packed = b"".join(number.to_bytes(_INT, sys.byteorder) for number in descriptors)
    beside = [(_SOL_SOCKET, _SCM_RIGHTS, packed)] if descriptors else []
    payload = order.pop("payload")
    words = marshal.dumps({**order, "inline": payload is not None})
    connection.sendmsg([len(words).to_bytes(_INT, sys.byteorder), words, payload or b""], beside)


def receive(connection) -> "tuple[dict | None, list[int]]":  # type: ignore[no-untyped-def,type-arg]
    """One order and its descriptors, closed on exec; None where the other side has hung up.

    The order's `payload` is None where it comes by descriptor, and else stands until `wipe`.
    """
    size, beside, _, _ = connection.recvmsg_into([_buffer], _ROOM, _CMSG_CLOEXEC)
    if _buffer[:size] == CANCEL:  # it came when what it meant had ended by itself
        return receive(connection)
    descriptors: list[int] = []
    for level, kind, data in beside:
        if level == _SOL_SOCKET and kind == _SCM_RIGHTS:
            places = range(0, len(data) - _INT + 1, _INT)
            descriptors += [int.from_bytes(data[place : place + _INT], sys.byteorder) for place in places]
    if not size:
        return None, descriptors
    end = _INT + int.from_bytes(_buffer[:_INT], sys.byteorder)
    order = marshal.loads(_buffer[_INT:end])  # noqa: S302 -- our own words
    order["payload"] = _buffer[end:size] if order["inline"] else None
    return order, descriptors


def wipe(order: dict) -> None:  # type: ignore[type-arg]
    """Leave nothing of an order's payload for the next program to find."""
    if order["payload"] is not None:
        order["payload"][:] = bytes(len(order["payload"]))
