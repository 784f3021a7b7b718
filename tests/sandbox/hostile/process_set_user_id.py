# MUST: the set-user-id bit of the system's programs has no effect | KIND: process
import ctypes
import os
import stat

PR_GET_NO_NEW_PRIVS = 39
directory = "/usr/bin"
honoured = ctypes.CDLL(None).prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0
try:
    honoured = honoured and not os.statvfs(directory).f_flag & os.ST_NOSUID
    for name in os.listdir(directory) if honoured else ():
        found = os.stat(os.path.join(directory, name))
        if found.st_mode & stat.S_ISUID and found.st_uid == 0 and os.access(f"{directory}/{name}", os.X_OK):
            print("ESCAPED:", name, "would run as its owner", flush=True)
except OSError as error:
    print("refused", error.errno)
