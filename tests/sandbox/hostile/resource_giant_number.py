# MUST: a number too large for memory ends the program only | KIND: resource | ENDS: memory_limit, nonzero_exit, signal
bits = 10**11
print(1 << bits)
