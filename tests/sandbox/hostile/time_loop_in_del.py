# MUST: a loop in a finalizer is ended or never entered | KIND: time | ENDS: cpu_time_limit, ok
class Sticky:
    def __del__(self):
        while True:
            pass


kept = Sticky()
