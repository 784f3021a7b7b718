# MUST: neither an abstract socket nor one with a path can be reached on the host | KIND: network
import json
import socket
import sys

world = json.loads(sys.stdin.readline())
for address in ("\0" + world["abstract"].lstrip("\0@"), world["unix"]):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try:
            with socket.socket(socket.AF_UNIX, kind) as reached:
                reached.settimeout(0.2)
                reached.connect(address)
                reached.send(b"hello from inside")
                print("ESCAPED: connected to", repr(address), flush=True)
        except OSError:
            continue
