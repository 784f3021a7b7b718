# MUST: bytes that a terminal would not show are compared all the same | KIND: spoof
import sys

tricks = (
    "wrong\rWRONG-ANSWER\r\x1b[2K",
    "wrong\b\b\b\b\b",
    "\x1b[8mhidden\x1b[0m\x1b[1A\x1b[2J\x1b[H",
    "\0\0\0",
    "\u200b\u2060\ufeff\u202e",
    "\x7f\x1b]0;passed\x07\x9b2J",
)
for trick in tricks:
    sys.stdout.write(trick)
sys.stdout.write("\x0c\x1a\x04")
