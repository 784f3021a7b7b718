# MUST: a fresh interpreter in the program's place is held by the same walls | KIND: process
import json
import os
import sys

canary = json.loads(sys.stdin.readline())["canary"]
program = """
import socket, sys
try:
    print("ESCAPED: fresh Python read", open(sys.argv[1]).read(7), flush=True)
except OSError: pass
try:
    print("ESCAPED: fresh Python has", socket.socket(), flush=True)
except OSError: pass
"""
for path in ("/proc/self/exe", sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
    try:
        os.execv(path, ["python3", "-I", "-S", "-c", program, canary])
    except (OSError, ValueError):
        continue
