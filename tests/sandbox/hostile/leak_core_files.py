# MUST: a crash writes no core file that the next program could read | KIND: leak | ENDS: signal
import ctypes
import os
import resource

for place in (".", "/tmp", "/dev/shm", "/var/crash", "/var/lib/systemd/coredump"):
    try:
        cores = [name for name in os.listdir(place) if name.startswith("core")]
    except OSError:
        continue
    for name in cores:
        print("ESCAPED: a core file lies in", place, name, flush=True)
soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
ctypes.string_at(0)
