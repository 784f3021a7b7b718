# MUST: the exit code 137 is not taken for a killed process | KIND: crash | ENDS: nonzero_exit
import os

os._exit(137)
