# MUST: no-new-privileges and the filter are on and cannot be taken off | KIND: escape
import ctypes

PR_GET_SECCOMP, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 21, 22, 38, 39
libc = ctypes.CDLL(None, use_errno=True)
for mode in (0, 3, -1):
    libc.prctl(PR_SET_SECCOMP, mode, None, 0, 0)
for value in (0, 2, -1):
    libc.prctl(PR_SET_NO_NEW_PRIVS, value, 0, 0, 0)
if libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) in (0, 1):
    print("ESCAPED: no filter is on", flush=True)
if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0:
    print("ESCAPED: new privileges are allowed", flush=True)
