# MUST: errors in finalizers and hooks end as a failure | KIND: crash | ENDS: nonzero_exit
import sys
import threading


class Loud:
    def __del__(self):
        raise RuntimeError("in a finalizer")


def hook(*_):
    raise RuntimeError("in a hook")


sys.excepthook = sys.unraisablehook = threading.excepthook = hook
thread = threading.Thread(target=hook)
thread.start()
thread.join()
kept = Loud()
del kept
raise ValueError("the last one")
