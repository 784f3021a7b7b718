# MUST: no socket of any family and type can be made | KIND: network
import socket

for family in range(50):
    for kind in (1, 2, 3, 4, 5, 6, 10):
        try:
            with socket.socket(family, kind) as made:
                print("ESCAPED: made a socket", family, kind, made.fileno(), flush=True)
        except (OSError, ValueError):
            continue
