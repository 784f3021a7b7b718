# MUST: a program started by posix_spawn or vfork is held by the same walls | KIND: process
import json
import subprocess
import sys

canary = json.loads(sys.stdin.readline())["canary"]
for flags in ({"close_fds": False}, {"close_fds": True}, {"start_new_session": True}):
    try:
        ended = subprocess.run(["/bin/cat", canary], capture_output=True, timeout=1, **flags)
    except (OSError, subprocess.SubprocessError):
        continue
    if ended.stdout.startswith(b"CANARY-"):
        print("ESCAPED: a child read the canary", flush=True)
