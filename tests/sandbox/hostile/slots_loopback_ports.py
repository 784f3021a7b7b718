# MUST: two slots do not meet at a port of the loopback | KIND: slots
import json
import socket
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        if role == "a":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
                link.sendto(b"from a", ("127.0.0.1", 47113))
        else:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
                link.bind(("127.0.0.1", 47113))
                link.settimeout(0.25)
                if link.recv(6) == b"from a":
                    print("ESCAPED: met the other slot", flush=True)
                    break
    except OSError:
        pass
    time.sleep(0.02)
