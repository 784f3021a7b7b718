"""Length-prefixed JSON messages between a worker and the process that it works for.

JSON and not pickle: reading a message never runs code, whoever wrote it.
"""

import json
import struct
from typing import Any, Final

_HEADER: Final = struct.Struct(">I")
MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024


class BrokenFrames(Exception):
    """The other side sent what is not a message."""


def to_json(value: object) -> bytes:
    """A value as JSON; lone surrogates pass, since JSON escapes them.

    Raises:
        TypeError, ValueError, RecursionError: it holds what JSON cannot.
    """
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def encode(message: object) -> bytes:
    """One message; raises what `to_json` raises."""
    return frame(to_json(message))


def frame(body: bytes) -> bytes:
    """One message whose JSON is there already."""
    return _HEADER.pack(len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The messages that `data` completes.

        Raises:
            BrokenFrames: too long a message, or not JSON.
        """
        self._buffer += data
        messages = []
        start = 0
        while len(self._buffer) - start >= _HEADER.size:
            (length,) = _HEADER.unpack_from(self._buffer, start)
            if length > MAX_MESSAGE_BYTES:
                raise BrokenFrames(f"a message of {length} bytes")
            end = start + _HEADER.size + length
            if len(self._buffer) < end:
                break
            messages.append(_decode(bytes(self._buffer[start + _HEADER.size : end])))
            start = end
        del self._buffer[:start]
        return messages


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BrokenFrames(f"not JSON: {error}") from error
