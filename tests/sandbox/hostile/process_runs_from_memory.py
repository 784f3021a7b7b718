# MUST: a program that lies in memory only is held by the same walls | KIND: process
import json
import os
import sys

SCRIPT = b"""#!/bin/sh
line=
read -r line < "$1"
[ -n "$line" ] && echo "ESCAPED: read $line"
exit 0
"""
canary = json.loads(sys.stdin.readline())["canary"]
try:
    script = os.memfd_create("script", 0)
    os.write(script, SCRIPT)
    os.execve(script, ["script", canary], {})
except OSError as error:
    print("refused", error.errno)
