# MUST: no port of the host can be reached by any of its names | KIND: network
import json
import socket
import sys

port = json.loads(sys.stdin.readline())["port"]
for address in ("127.0.0.1", "localhost", "0.0.0.0", "::1", "::ffff:127.0.0.1", "172.17.0.1", "10.0.2.2"):
    try:
        with socket.create_connection((address, port), timeout=0.2) as reached:
            reached.sendall(b"hello from inside")
            print("ESCAPED: connected to", address, port, flush=True)
    except OSError:
        continue
