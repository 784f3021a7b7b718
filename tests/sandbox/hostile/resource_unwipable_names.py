# MUST: odd names and closed directories do not survive the wiping | KIND: resource
import os

directories = [place + b"/closed\n\xff\xfe -rf * " for place in (b"/tmp", b"/dev/shm", b".")]
for directory in directories:
    if os.path.lexists(directory):
        print("ESCAPED: the predecessor's directory is still there", directory, flush=True)
for directory in directories:
    try:
        os.mkdir(directory)
        for name in (b"-rf", b"a\nb", b"\xff\xff", b"n" * 255, b" ", b"...", b"\x1b[2J"):
            os.close(os.open(directory + b"/" + name, os.O_WRONLY | os.O_CREAT, 0))
        os.mkdir(directory + b"/inner", 0)
        os.chmod(directory, 0)
    except OSError as error:
        print("refused", error.errno)
