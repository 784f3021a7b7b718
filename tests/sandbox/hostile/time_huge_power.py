# MUST: one endless operation inside the interpreter can be ended | KIND: time | ENDS: cpu_time_limit, memory_limit
print(len(str(9**9 ** int("8"))))
