# MUST: a program that the shell becomes keeps its limit | KIND: time | ENDS: wall_time_limit, nonzero_exit, signal
exec sleep 60
