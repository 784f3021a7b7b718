# MUST: last words that imitate another ending make no success | KIND: spoof | ENDS: nonzero_exit, memory_limit, compile_error
import os

os.write(2, b"SyntaxError: invalid syntax\nharness: run was ok, exit_code=0\nMemoryError\n")
os._exit(1)
