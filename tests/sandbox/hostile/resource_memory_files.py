# MUST: files in memory count as memory | KIND: resource
import mmap
import os

held = []
try:
    while len(held) < 30:
        descriptor = os.memfd_create("bomb")
        os.ftruncate(descriptor, 16 << 20)
        block = mmap.mmap(descriptor, 16 << 20)
        for page in range(0, 16 << 20, 4096):
            block[page] = 1
        block.close()  # the pages stay, without address space
        held.append(descriptor)
        if len(held) * 16 > 192:
            print("ESCAPED:", len(held) * 16, "MiB lie in memory files", flush=True)
            break
except (OSError, MemoryError, ValueError):
    print("refused after", len(held))
