# MUST: no program finds shared memory, semaphores or queues of the one before it | KIND: leak
import ctypes

KEY, CREATE, O_CREAT, O_RDWR = 0x5EED1234, 0o1600, 0o100, 2
libc = ctypes.CDLL(None, use_errno=True)
libc.sem_open.restype = ctypes.c_void_p
for name, get in (
    ("segment", lambda flags: libc.shmget(KEY, ctypes.c_size_t(4096), flags)),
    ("semaphore", lambda flags: libc.semget(KEY, 1, flags)),
    ("queue", lambda flags: libc.msgget(KEY, flags)),
):
    if get(0) > 0:
        print("ESCAPED: found the predecessor's", name, flush=True)
    get(CREATE)
if libc.mq_open(b"/hostile-queue", O_RDWR) > 2:
    print("ESCAPED: found the predecessor's message queue", flush=True)
libc.mq_open(b"/hostile-queue", O_RDWR | O_CREAT, 0o600, None)
if libc.sem_open(b"/hostile-semaphore", 0):
    print("ESCAPED: found the predecessor's named semaphore", flush=True)
libc.sem_open(b"/hostile-semaphore", O_CREAT, 0o600, 1)
