# MUST: neither the machine's hypervisor nor the kernel's ciphers can be reached | KIND: network
import socket

for peer in (0, 1, 2, 3):
    for port in (1, 22, 1024, 5000):
        try:
            with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as link:
                link.settimeout(0.02)
                link.connect((peer, port))
                print("ESCAPED: reached the hypervisor", peer, port, flush=True)
        except OSError:
            continue
for kind, name in (("hash", "sha256"), ("skcipher", "cbc(aes)"), ("rng", "stdrng"), ("aead", "gcm(aes)")):
    try:
        with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as cipher:
            cipher.bind((kind, name))
            print("ESCAPED: the kernel opened", name, flush=True)
    except OSError:
        continue
