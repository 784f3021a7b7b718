# MUST: a coding that nobody knows ends the program only | KIND: crash | ENDS: compile_error, nonzero_exit, ok
# -*- coding: no-such-codec-42 -*-
print("read all the same")
