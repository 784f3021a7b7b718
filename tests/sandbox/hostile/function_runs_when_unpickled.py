# MUST: nothing that a value wants to run is run by the grader | KIND: function
class Runs:
    def __reduce__(self):
        return exec, ("import os; os._exit(0)",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __getstate__(self):
        return self

    def __deepcopy__(self, memory):
        return True


def solve(n):
    return Runs()
