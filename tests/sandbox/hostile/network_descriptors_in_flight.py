# MUST: descriptors that lie in closed sockets are found and freed | KIND: network
import array
import socket

try:
    for _ in range(400):
        left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ends = array.array("i", [left.fileno(), right.fileno(), 0])
        for end in (left, right):
            end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, ends)])
        left.close()
        right.close()
except OSError as error:
    print("refused", error.errno)
