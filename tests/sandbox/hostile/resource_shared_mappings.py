# MUST: shared anonymous mappings count as memory too | KIND: resource
import mmap

held = []
try:
    while len(held) < 24:
        block = mmap.mmap(-1, 16 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        for page in range(0, 16 << 20, 4096):
            block[page] = 1
        held.append(block)
        if len(held) * (16 << 20) > 256 << 20:
            print("ESCAPED: holds", len(held) * 16, "MiB of shared memory", flush=True)
            break
except (OSError, MemoryError, ValueError):
    print("refused after", len(held))
