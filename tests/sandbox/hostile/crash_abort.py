# MUST: an abort ends the program by a signal, nothing else | KIND: crash | ENDS: signal
import os

os.abort()
