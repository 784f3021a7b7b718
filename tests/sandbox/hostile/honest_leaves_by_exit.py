# MUST: exit() with and without a code is a good end | KIND: honest | ENDS: ok
import sys

print("HONEST OK")
if len(sys.argv) < 9:
    exit()
