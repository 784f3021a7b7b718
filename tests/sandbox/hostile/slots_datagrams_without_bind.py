# MUST: addresses that the kernel gives to datagram pairs by itself tell no slot of another | KIND: slots
import json
import random
import socket
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
try:
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(24)]
    for end in [end for pair in pairs for end in pair] if role == "b" else ():
        # To pass its credentials a socket needs an address: the kernel makes up five hex digits.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        end.send(b"to its peer")
except OSError:
    sys.exit()
if role == "b":
    time.sleep(0.4)
    sys.exit()
time.sleep(0.05)
sender = pairs[0][0]
start = random.randrange(1 << 20)
absent = 0
for number in range(start, start + (1 << 18)):
    try:
        sender.sendto(b"from a", b"\0%05x" % (number & 0xFFFFF))
    except ConnectionRefusedError:
        absent += 1
    except OSError as error:
        if absent:
            print("ESCAPED: feels a socket of another slot's, error", error.errno, flush=True)
        break
    if time.process_time() > 0.35:
        break
