# MUST: two slots share no POSIX message queue | KIND: slots
import ctypes
import json
import sys
import time

NAME, O_RDWR, O_CREAT, O_NONBLOCK = b"/hostile-meeting", 2, 0o100, 0o4000
role = json.loads(sys.stdin.readline())["role"]
libc = ctypes.CDLL(None, use_errno=True)
text = ctypes.create_string_buffer(8192)
end = time.monotonic() + 0.3
while time.monotonic() < end:
    queue = libc.mq_open(NAME, O_RDWR | O_NONBLOCK | (O_CREAT if role == "a" else 0), 0o666, None)
    if queue > 2:
        if role == "a":
            libc.mq_send(queue, b"from a", ctypes.c_size_t(6), 0)
        elif libc.mq_receive(queue, text, ctypes.c_size_t(8192), None) == 6:
            print("ESCAPED: met the other slot at a queue", flush=True)
            break
        libc.mq_close(queue)
    time.sleep(0.02)
if role == "a":
    libc.mq_unlink(NAME)
