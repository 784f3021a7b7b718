# MUST: death by any signal is told as such and disturbs nobody | KIND: crash | ENDS: signal
import os
import signal

for number in range(1, 65):
    try:
        child = os.fork()
    except OSError:
        break
    if not child:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            pass
        if number not in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            os.kill(os.getpid(), number)
        os._exit(0)
    os.waitpid(child, 0)
os.kill(os.getpid(), signal.SIGKILL)
