# MUST: no program finds a file of the one before it | KIND: leak
import os

NAME = "left-behind-by-a-hostile-program"
places = (
    ".",
    "/tmp",
    "/dev/shm",
    "/var/tmp",
    "/run",
    "/run/lock",
    "/box",
    "/dev",
    "/dev/mqueue",
    "/",
    "/usr/tmp",
)
for place in places:
    if os.path.lexists(os.path.join(place, NAME)):
        print("ESCAPED: the predecessor's file is in", place, flush=True)
for place in places:
    path = os.path.join(place, NAME)
    try:
        with open(path, "w") as file:
            file.write("a word to my successor")
        os.mkdir(path + ".directory")
    except OSError:
        continue
