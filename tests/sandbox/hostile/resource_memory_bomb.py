# MUST: one process cannot take more than its memory | KIND: resource | ENDS: memory_limit, nonzero_exit, signal
blocks = []
while True:
    blocks.append(bytearray(1 << 20))
