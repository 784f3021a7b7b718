# MUST: no socket of the machinery is in a program's hands, to be answered on or passed files | KIND: spoof
import array
import os
import socket
import stat

for descriptor in range(256):
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            continue
        link = socket.socket(fileno=os.dup(descriptor))
        link.settimeout(0.05)
        link.send(b"ended itself 0 1000 1000 9000")
        files = array.array("i", [0, 1, 2])
        link.sendmsg([b'{"status": "ok"}'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        link.send(b"taken from the queue: " + link.recv(4096)[:40])
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        continue
print("nothing")
