# MUST: a lease that one slot takes hinders no open in another and is not told when it breaks | KIND: slots
import errno
import fcntl
import json
import os
import signal
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
told = []
signal.signal(signal.SIGIO, lambda *_: told.append(1))
library = os.open(os.__file__, os.O_RDONLY)
if role == "a":
    try:
        fcntl.fcntl(library, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:
        pass
end = time.monotonic() + 0.3
while time.monotonic() < end:
    if role == "b":
        try:
            os.close(os.open(os.__file__, os.O_WRONLY | os.O_NONBLOCK))
        except OSError as error:
            if error.errno == errno.EWOULDBLOCK:
                print("ESCAPED: somebody else has a lease", flush=True)
                break
    if told:
        print("ESCAPED: was told of an open in another slot", flush=True)
        break
    time.sleep(0.01)
