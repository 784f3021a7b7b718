# MUST: an endless match of a regular expression can be ended | KIND: time | ENDS: cpu_time_limit
import re

print(re.match(r"(a+)+$", "a" * 60 + "b"))
