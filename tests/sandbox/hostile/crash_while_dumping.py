# MUST: a crash while a traceback is being dumped ends the program only | KIND: crash | ENDS: signal
import ctypes
import faulthandler

faulthandler.enable(file=1)
faulthandler.dump_traceback_later(0.001, repeat=True, file=1)
ctypes.memset(8, 0, 8)
