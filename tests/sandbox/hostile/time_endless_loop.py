# MUST: an endless loop ends at its CPU limit | KIND: time | ENDS: cpu_time_limit
while True:
    pass
