# MUST: what a program puts into its input is not compared and not given to others | KIND: spoof
import os

word = b"a word that the grader could take for the expected one\n"
for change in (
    lambda: os.write(0, word),
    lambda: os.pwrite(0, word, 0),
    lambda: os.ftruncate(0, 0),
    lambda: os.write(os.open("/proc/self/fd/0", os.O_RDWR | os.O_TRUNC), word),
    lambda: os.write(os.open("/dev/stdin", os.O_WRONLY | os.O_TRUNC), word),
    lambda: os.dup2(0, 1),
    lambda: os.dup2(os.open("/dev/null", os.O_RDWR), 0),
):
    try:
        change()
    except OSError:
        continue
print("nothing")
