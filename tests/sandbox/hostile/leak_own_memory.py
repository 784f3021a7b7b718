# MUST: the program's own memory, forked from a server's or not, holds no secret of the host | KIND: leak
import re

SECRET = re.compile(rb"CANARY[-][\w-]{6,}")
regions = []
try:
    with open("/proc/self/maps") as maps:
        for line in maps:
            bounds, rights = line.split()[:2]
            start, end = (int(bound, 16) for bound in bounds.split("-"))
            if rights.startswith("rw") and end - start <= 32 << 20:
                regions.append((start, end))
except OSError:
    pass
try:
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        for start, end in regions:
            try:
                memory.seek(start)
                found = SECRET.search(memory.read(end - start))
            except (OSError, OverflowError):
                continue
            if found:
                print("ESCAPED: found", found.group()[:7], "at", hex(start + found.start()), flush=True)
except OSError:
    pass
