# MUST: no name outside can be resolved | KIND: network
import socket
import threading


def resolve(name):
    try:
        print("ESCAPED: resolved", name, socket.getaddrinfo(name, 80)[0][4], flush=True)
    except (OSError, UnicodeError):
        pass


try:
    threads = [
        threading.Thread(target=resolve, args=(name,), daemon=True) for name in ("example.com", "pypi.org")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(0.5)
except RuntimeError:
    pass
