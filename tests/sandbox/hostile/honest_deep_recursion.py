# MUST: deep recursion in a thread with a large stack works | KIND: honest | ENDS: ok
import sys
import threading


def total(n):
    return 0 if n == 0 else n + total(n - 1)


def main():
    if total(40_000) == 40_000 * 40_001 // 2:
        print("HONEST OK")


sys.setrecursionlimit(1 << 20)
threading.stack_size(64 << 20)
thread = threading.Thread(target=main)
thread.start()
thread.join()
