# MUST: standard output is cut at its limit and the cut is said | KIND: resource | ENDS: output_limit
import os

while True:
    try:
        os.write(1, b"x" * 65536)
    except OSError:
        continue
