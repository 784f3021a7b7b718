# MUST: a message of 24 MiB is cut and hurts nobody | KIND: resource | ENDS: output_limit, memory_limit, nonzero_exit, signal
raise ValueError("x" * (24 << 20))
