# MUST: the host's network cannot be listed | KIND: network
import socket
import struct

try:
    for number, name in socket.if_nameindex():
        if name not in (
            "lo",
            "sit0",
            "tunl0",
            "ip6tnl0",
            "ip_vti0",
            "ip6_vti0",
            "gre0",
            "gretap0",
            "erspan0",
        ):
            print("ESCAPED: sees the interface", number, name, flush=True)
except OSError:
    pass
for protocol in (0, 2, 4, 9, 12, 15, 16):
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as link:
            link.settimeout(0.1)
            link.send(struct.pack("=IHHIIBxHiII", 32, 18, 0x301, 1, 0, 0, 0, 0, 0, 0))
            print("ESCAPED: netlink answered", protocol, len(link.recv(65536)), flush=True)
    except OSError:
        continue
