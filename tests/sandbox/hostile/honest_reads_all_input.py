# MUST: the whole input can be read at once | KIND: honest | ENDS: ok
import json
import sys

text = sys.stdin.read()
world = json.loads(text)
if "role" in world and sys.stdin.read() == "" and text.count("\n") <= 1:
    print("HONEST OK")
