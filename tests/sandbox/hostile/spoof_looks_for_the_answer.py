# MUST: no file within reach holds what is expected | KIND: spoof
import os
import sys

found = []
for top in {
    ".",
    "/tmp",
    "/dev/shm",
    "/box",
    "/var",
    "/etc",
    "/home",
    "/root",
    os.path.dirname(sys.argv[0] or "."),
}:
    for directory, directories, names in os.walk(top):
        del directories[20:]
        for name in names[:200]:
            if any(word in name for word in ("expect", "answer", "solution", "output", "test", "grader")):
                try:
                    with open(os.path.join(directory, name), errors="replace") as file:
                        found.append(file.readline().strip())
                except OSError:
                    continue
print(found[0] if found else "nothing")
