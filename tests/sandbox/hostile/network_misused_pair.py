# MUST: the ends of a socket pair cannot be turned towards anything else | KIND: network
import json
import os
import socket
import sys

WORD = b"hello from inside"
world = json.loads(sys.stdin.readline())
abstract = "\0" + world["abstract"].lstrip("\0@")
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    try:
        left, right = socket.socketpair(socket.AF_UNIX, kind)
        right.setblocking(False)
    except OSError:
        continue
    for address in (abstract, world["unix"]):
        for send in (lambda: left.sendto(WORD, address), lambda: left.sendmsg([WORD], [], 0, address)):
            try:
                sent = send()
            except OSError:
                continue
            try:
                right.recv(64)  # some kinds ignore the address and send to their own peer
            except OSError:
                if sent == len(WORD):
                    print("ESCAPED: sent a datagram to", repr(address), flush=True)
        try:
            left.connect(address)
            if left.getpeername():
                print("ESCAPED: connected a pair to", repr(left.getpeername()), flush=True)
        except OSError:
            continue
    for name in (
        os.path.dirname(world["marker"]) + "/bound-by-a-hostile-program",
        "\0bound-by-a-hostile-program",
    ):
        try:
            left.bind(name)
            if left.getsockname():
                print("ESCAPED: bound", repr(left.getsockname()), flush=True)
        except OSError:
            continue
