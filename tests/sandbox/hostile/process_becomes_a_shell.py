# MUST: the shell that a program becomes is held by the same walls | KIND: process
import json
import os
import sys

world = json.loads(sys.stdin.readline())
script = """
line=
read -r line < "$1"
[ -n "$line" ] && echo "ESCAPED: read $line"
true > "$2"
exit 0
"""
try:
    os.execv("/bin/sh", ["sh", "-c", script, "sh", world["canary"], world["marker"]])
except OSError as error:
    print("refused", error.errno)
