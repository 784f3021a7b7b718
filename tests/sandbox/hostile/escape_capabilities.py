# MUST: a program holds no capability and gets none | KIND: escape
import ctypes

PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 28, 47, 2
libc = ctypes.CDLL(None, use_errno=True)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)


def held():
    data = (ctypes.c_uint32 * 6)()
    if libc.capget(header, data) != 0:
        return ()
    return data[0], data[1], data[3], data[4]  # effective and permitted, low words and high


if any(held()):
    print("ESCAPED: starts with capabilities", [hex(word) for word in held()], flush=True)
libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
libc.prctl(PR_SET_SECUREBITS, 0x2F, 0, 0, 0)
libc.capset(header, (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6))
for number in range(42):
    one = [0] * 6
    one[3 * (number // 32) : 3 * (number // 32) + 3] = [1 << number % 32] * 3
    libc.capset(header, (ctypes.c_uint32 * 6)(*one))
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0)
if any(held()):
    print("ESCAPED: got capabilities", [hex(word) for word in held()], flush=True)
