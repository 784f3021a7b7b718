# MUST: neither the interpreter nor the system's libraries can be added to or written | KIND: escape
import os
import sys

library = os.path.dirname(os.__file__)
for directory in (
    library,
    f"{library}/__pycache__",
    f"{library}/site-packages",
    sys.base_prefix,
    "/usr/lib",
    "/etc",
):
    path = os.path.join(directory, "made-by-a-hostile-program")
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        os.unlink(path)
    except OSError:
        continue
    print("ESCAPED: made a file in", directory, flush=True)
for path in (os.__file__, sys.executable, "/bin/sh", "/etc/passwd", "/etc/ld.so.cache", "/etc/ld.so.preload"):
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_APPEND):
        try:
            os.close(os.open(path, flags))
        except OSError:
            continue
        print("ESCAPED: opened for writing", path, flush=True)
