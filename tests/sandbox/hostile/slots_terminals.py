# MUST: a pseudo terminal that one slot opens cannot be opened by another | KIND: slots
import json
import os
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
try:
    leading, following = os.openpty() if role == "a" else (-1, -1)
    if role == "a":
        os.chmod(os.ttyname(following), 0o666)
        os.write(leading, b"from a\n")
except OSError:
    sys.exit()
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for number in range(16) if role == "b" else ():
        try:
            terminal = os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            if b"from a" in os.read(terminal, 64):
                print("ESCAPED: read the other slot's terminal", number, flush=True)
                sys.exit()
            os.close(terminal)
        except OSError:
            continue
    time.sleep(0.03)
