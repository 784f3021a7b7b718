# MUST: a sum that runs in C without a break can be ended | KIND: time | ENDS: cpu_time_limit
print(sum(range(10**13)))
