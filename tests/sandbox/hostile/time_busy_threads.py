# MUST: the CPU time of threads that run at once counts together | KIND: time | ENDS: cpu_time_limit
import threading
import zlib

block = bytes(1 << 20)


def burn():
    while True:
        zlib.crc32(block)


for _ in range(3):
    try:
        threading.Thread(target=burn, daemon=True).start()
    except RuntimeError:
        break
burn()
