# MUST: iterating over input and reading bytes work | KIND: honest | ENDS: ok
import sys

lines = [line.rstrip("\n") for line in sys.stdin]
rest = sys.stdin.buffer.read()
if len(lines) == 1 and '"canary"' in lines[0] and rest == b"":
    sys.stdout.buffer.write(b"bytes first\n")
    sys.stdout.flush()
    print("HONEST OK")
