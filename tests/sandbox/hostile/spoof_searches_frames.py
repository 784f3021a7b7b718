# MUST: neither frames nor objects around a program hold what is expected | KIND: spoof
import gc
import sys

WORDS = ("expected", "expect", "answer", "wanted", "right", "reference", "target")
found = []
frame = sys._getframe()
while frame := frame.f_back:
    for name, value in {**frame.f_globals, **frame.f_locals}.items():
        if name in WORDS:
            found.append(value)
for thing in gc.get_objects():
    if type(thing) is dict:
        found.extend(thing[word] for word in WORDS if word in thing)
texts = [value for value in found if isinstance(value, str | bytes)]
print(texts[0] if texts else "nothing")
