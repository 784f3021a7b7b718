# MUST: an error text that is no Unicode is kept as it is | KIND: crash | ENDS: nonzero_exit
import os

os.write(2, b"\xff\xfe\x00 \x1b[2J \xed\xa0\x80\n")
raise ValueError("\ud800 \0 \x1b]0;title\x07 \u202e")
