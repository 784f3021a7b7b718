# MUST: a lock of an open file that one slot takes is not seen in another | KIND: slots
import fcntl
import json
import os
import struct
import sys
import time

OFD_GETLK, OFD_SETLK, LAYOUT = 36, 37, "@hhqqi4x"
role = json.loads(sys.stdin.readline())["role"]
library = os.open(os.__file__, os.O_RDONLY)
wanted = struct.pack(LAYOUT, fcntl.F_RDLCK if role == "a" else fcntl.F_WRLCK, 0, 11, 1, 0)
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        answer = fcntl.fcntl(library, OFD_SETLK if role == "a" else OFD_GETLK, wanted)
    except OSError:
        break
    if role == "b" and struct.unpack(LAYOUT, answer)[0] == fcntl.F_RDLCK:
        print("ESCAPED: sees a lock on the library", flush=True)
        break
    time.sleep(0.01)
