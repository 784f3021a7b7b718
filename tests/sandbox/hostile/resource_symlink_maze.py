# MUST: loops and long chains of symbolic links hold nobody up | KIND: resource
import os

for place in ("/tmp", "/dev/shm", "."):
    try:
        os.symlink("loop", os.path.join(place, "loop"))
        os.symlink("..", os.path.join(place, "up"))
        os.symlink("/proc/self/cwd/" * 20, os.path.join(place, "far"))
        for number in range(50):
            os.symlink(f"chain{number + 1}", os.path.join(place, f"chain{number}"))
        os.mkdir(os.path.join(place, "dir"))
        os.symlink(place, os.path.join(place, "dir", "back"))
        os.stat(os.path.join(place, "loop"))
    except OSError as error:
        print("refused", error.errno)
