# MUST: an import that never ends is ended | KIND: time | ENDS: cpu_time_limit
import sys


class Endless:
    @staticmethod
    def find_spec(name, path, target=None):
        while True:
            pass


sys.meta_path.insert(0, Endless)
import a_module_that_nobody_has  # noqa
