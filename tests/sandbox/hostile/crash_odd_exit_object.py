# MUST: an exit with an object that cannot be shown is a failure | KIND: crash | ENDS: nonzero_exit, signal
class Unspeakable:
    def __str__(self):
        raise KeyboardInterrupt

    __repr__ = __str__


raise SystemExit(Unspeakable())
