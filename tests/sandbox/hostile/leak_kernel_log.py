# MUST: the kernel's log cannot be read | KIND: leak
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
text = ctypes.create_string_buffer(4096)
for action in (2, 3, 4):
    if action != 2 and libc.klogctl(action, text, 4096) > 0:
        print("ESCAPED: read the kernel's log by action", action, flush=True)
for path in ("/dev/kmsg", "/var/log/kern.log", "/var/log/syslog", "/var/log/dmesg", "/run/log/journal"):
    try:
        with open(path, "rb", buffering=0) as file:
            if file.read(64):
                print("ESCAPED: read", path, flush=True)
    except OSError:
        continue
