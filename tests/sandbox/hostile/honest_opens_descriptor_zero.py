# MUST: open(0) reads the input, and /dev/stdin is no trap where it is there | KIND: honest | ENDS: ok
import json

with open(0, closefd=False) as file:
    world = json.loads(file.read())
try:
    with open("/dev/stdin") as file:
        again = file.read()
except OSError:
    again = ""
if "host_pid" in world and (again == "" or json.loads(again) == world):
    print("HONEST OK")
