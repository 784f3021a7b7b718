# MUST: catching SIGXCPU buys no time | KIND: time | ENDS: cpu_time_limit
import signal

signal.signal(signal.SIGXCPU, lambda *_: None)
signal.signal(signal.SIGPROF, lambda *_: None)
while True:
    try:
        sum(range(100_000))
    except BaseException:
        continue
