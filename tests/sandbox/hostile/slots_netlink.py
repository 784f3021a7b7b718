# MUST: two slots do not meet at a netlink address | KIND: slots
import json
import socket
import struct
import sys
import time

USERSOCK, NUMBER = 2, 77001
role = json.loads(sys.stdin.readline())["role"]
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, USERSOCK) as link:
            link.settimeout(0.25)
            if role == "a":
                link.sendto(struct.pack("=IHHII", 22, 17, 0, 0, 0) + b"from a", (NUMBER, 0))
            else:
                link.bind((NUMBER, 0))
                if link.recv(64).endswith(b"from a"):
                    print("ESCAPED: met the other slot by netlink", flush=True)
                    break
    except OSError:
        pass
    time.sleep(0.02)
