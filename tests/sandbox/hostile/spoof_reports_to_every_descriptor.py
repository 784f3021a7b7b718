# MUST: reports that a program forges reach nobody who believes them | KIND: spoof
import json
import marshal
import os
import struct

text = json.dumps({"status": "ok", "exit_code": 0, "passed": True}).encode()
reports = (
    b"ended itself 0 1000 1000 9000",
    text,
    struct.pack("<I", len(text)) + text,
    struct.pack(">Q", len(text)) + text,
    marshal.dumps(("ok", 0, 0.001, 0.001, 9000)),
    struct.pack("=iiqq", 0, 0, 1000, 1000),
)
for descriptor in range(3, 1100):
    for report in reports:
        try:
            os.write(descriptor, report)
        except OSError:
            break
