# MUST: nothing that a program changes in its process reaches the next one | KIND: leak
import ctypes
import os
import resource
import signal

libc = ctypes.CDLL(None)
UNAME26 = 0x20000
name = ctypes.create_string_buffer(16)
libc.prctl(16, name, 0, 0, 0)  # PR_GET_NAME
umask = os.umask(0o135)
persona = libc.personality(ctypes.c_ulong(0xFFFFFFFF))
before = {
    "its name": name.value == b"left-over",
    "its umask": umask == 0o135,
    "an ignored signal": signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN,
    "a blocked signal": signal.SIGUSR2 in signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]),
    "its limit": resource.getrlimit(resource.RLIMIT_NOFILE)[1] == 17,
    "its personality": persona >= 0 and bool(persona & UNAME26),
    "its timer slack": libc.prctl(30, 0, 0, 0, 0) == 98765,  # PR_GET_TIMERSLACK
}
for what, left in before.items():
    if left:
        print("ESCAPED: the predecessor left", what, flush=True)
libc.prctl(15, b"left-over", 0, 0, 0)
libc.prctl(29, ctypes.c_ulong(98765), 0, 0, 0)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
libc.personality(ctypes.c_ulong(UNAME26))
resource.setrlimit(resource.RLIMIT_NOFILE, (17, 17))
