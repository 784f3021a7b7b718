# MUST: thousands of kernel timers and queued signals go with the program | KIND: resource
import ctypes
import os
import signal
import time

libc = ctypes.CDLL(None, use_errno=True)
signal.pthread_sigmask(signal.SIG_BLOCK, range(signal.SIGRTMIN, signal.SIGRTMAX))
end = time.process_time() + 0.15
timer = ctypes.c_void_p()
event = (ctypes.c_int * 16)(0, 0, signal.SIGRTMIN, 0)
while time.process_time() < end:
    if libc.timer_create(1, event, ctypes.byref(timer)) != 0:
        break
    libc.sigqueue(os.getpid(), signal.SIGRTMIN, ctypes.c_void_p(7))
