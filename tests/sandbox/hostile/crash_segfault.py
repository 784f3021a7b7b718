# MUST: a read of address 0 ends the program by a signal, nothing else | KIND: crash | ENDS: signal
import ctypes

ctypes.string_at(0)
