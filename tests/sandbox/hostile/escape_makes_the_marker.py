# MUST: a file of the host cannot come into being by any call that makes names | KIND: escape
import json
import os
import stat
import sys

world = json.loads(sys.stdin.readline())
marker, canary = world["marker"], world["canary"]
directory = os.path.dirname(marker)


def by_nameless_file():
    descriptor = os.open(directory, os.O_TMPFILE | os.O_WRONLY, 0o600)
    os.link(f"/proc/self/fd/{descriptor}", marker, follow_symlinks=True)


def by_descriptor():
    start = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    os.close(os.open(os.path.basename(marker), os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=start))


for make in (
    lambda: os.close(os.open(marker, os.O_WRONLY | os.O_CREAT, 0o600)),
    lambda: os.mkdir(marker),
    lambda: os.mkfifo(marker),
    lambda: os.mknod(marker, stat.S_IFREG | 0o600),
    lambda: os.symlink("/", marker),
    lambda: os.link(canary, marker),
    lambda: os.rename(canary, marker),
    by_nameless_file,
    by_descriptor,
):
    try:
        make()
    except OSError:
        continue
