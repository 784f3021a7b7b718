# MUST: sendmmsg carries no datagram to an address of its own | KIND: network
import ctypes
import json
import os
import socket
import struct
import sys

WORD = b"hello from inside"
abstract = json.loads(sys.stdin.readline())["abstract"].lstrip("\0@").encode()
libc = ctypes.CDLL(None, use_errno=True)
sendmmsg = {"x86_64": 307, "aarch64": 269}[os.uname().machine]
try:
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    right.setblocking(False)
except OSError:
    sys.exit()
address = struct.pack("=H", socket.AF_UNIX) + b"\0" + abstract
name = ctypes.create_string_buffer(address, len(address))
word = ctypes.create_string_buffer(WORD, len(WORD))
vector = (ctypes.c_size_t * 2)(ctypes.addressof(word), len(WORD))
header = struct.pack(
    "@PI4xPNPNi4x", ctypes.addressof(name), len(address), ctypes.addressof(vector), 1, 0, 0, 0
)
message = ctypes.create_string_buffer(header, 64)
sent = libc.syscall(sendmmsg, left.fileno(), message, 1, 0)
try:
    right.recv(64)
except OSError:
    if sent == 1 and struct.unpack_from("=I", message.raw, 56)[0] == len(WORD):
        print("ESCAPED: sendmmsg reached the abstract socket", flush=True)
