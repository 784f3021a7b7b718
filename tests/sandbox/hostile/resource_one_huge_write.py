# MUST: one large write is not silently cut | KIND: resource | ENDS: output_limit, memory_limit, nonzero_exit, signal
import os

os.write(1, bytes(48 << 20))
os.write(1, b"more")
