# MUST: no more than 64 descriptors can be open at once | KIND: resource
import os
import resource

try:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
except (OSError, ValueError):
    pass
opened = 3
try:
    while opened < 5000:
        os.dup(0)
        opened += 1
except OSError:
    pass
if opened > 80:
    print("ESCAPED: holds", opened, "descriptors", flush=True)
