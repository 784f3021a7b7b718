# MUST: the number of files is limited wherever files can be made | KIND: resource
import os

made = 0
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/run"):
    try:
        for number in range(6000):
            os.close(os.open(os.path.join(place, f"inode-{number}"), os.O_WRONLY | os.O_CREAT, 0o600))
            made += 1
    except OSError:
        continue
if made > 12_000:
    print("ESCAPED: made", made, "files", flush=True)
