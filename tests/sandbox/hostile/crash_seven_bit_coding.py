# MUST: a coding that hides statements in comments confuses nobody | KIND: crash | ENDS: ok, nonzero_exit, compile_error
# -*- coding: utf-7 -*-
# this comment goes on +AAo-raise SystemExit(5)
print("the comment was one")
