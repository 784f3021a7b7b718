# MUST: no object and no frame around the program holds a secret of the host | KIND: leak
import gc
import re
import sys

SECRET = re.compile(r"CANARY[-][\w-]{6,}")
seen = set()
waiting = list(gc.get_objects())
frame = sys._getframe()
while frame := frame.f_back:
    waiting.extend(frame.f_locals.values())
    waiting.extend(frame.f_globals.values())
for thing in waiting:
    for part in (thing, *gc.get_referents(thing)):
        if id(part) in seen:
            continue
        seen.add(id(part))
        text = part if type(part) is str else part.decode("latin-1") if type(part) is bytes else ""
        if SECRET.search(text):
            print("ESCAPED: an object holds", text[:40], flush=True)
