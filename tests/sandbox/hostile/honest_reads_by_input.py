# MUST: input() gives the line and then says that there is no more | KIND: honest | ENDS: ok
first = input()
try:
    input()
except EOFError:
    ended = True
else:
    ended = False
if first.startswith("{") and first.endswith("}") and ended:
    print("HONEST OK")
