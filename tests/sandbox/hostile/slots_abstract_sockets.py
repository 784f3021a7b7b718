# MUST: two slots do not meet at an abstract address | KIND: slots
import json
import socket
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(0.25)
            if role == "a":
                link.bind("\0hostile-meeting")
                link.listen()
                link.accept()[0].sendall(b"from a")
            else:
                link.connect("\0hostile-meeting")
                if link.recv(6) == b"from a":
                    print("ESCAPED: met the other slot", flush=True)
            break
    except OSError:
        time.sleep(0.02)
