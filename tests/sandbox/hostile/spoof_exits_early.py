# MUST: an early exit with 0 and no output is no success | KIND: spoof | ENDS: ok
import os

os._exit(0)
