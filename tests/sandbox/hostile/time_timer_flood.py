# MUST: a flood of timer signals keeps nobody from ending the program | KIND: time | ENDS: cpu_time_limit
import signal

signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.00001, 0.00001)
while True:
    pass
