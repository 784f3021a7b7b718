# MUST: no clock of the host can be set, not even to the time that it shows | KIND: syscall
import ctypes
import time

ADJ_TICK = 0x4000
libc = ctypes.CDLL(None, use_errno=True)
for clock in (time.CLOCK_REALTIME, time.CLOCK_TAI, 9):
    try:
        before = time.clock_gettime(clock)
        time.clock_settime(clock, before)
    except OSError:
        continue
    print("ESCAPED: set clock", clock, flush=True)
now = time.time_ns()
moment = (ctypes.c_long * 2)(now // 10**9, now % 10**9 // 1000)
if libc.settimeofday(moment, None) == 0:
    print("ESCAPED: set the time of day", flush=True)
state = (ctypes.c_long * 32)()
if libc.adjtimex(state) >= 0 and state[11]:
    tick = state[11]
    state[0] = ADJ_TICK
    if libc.adjtimex(state) >= 0 and state[11] == tick:
        print("ESCAPED: set the tick of the clock", flush=True)
