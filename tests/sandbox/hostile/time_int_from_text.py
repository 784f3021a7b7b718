# MUST: a quadratic conversion can be ended | KIND: time | ENDS: cpu_time_limit
import sys

sys.set_int_max_str_digits(0)
print(int("9" * 3_000_000) % 7)
