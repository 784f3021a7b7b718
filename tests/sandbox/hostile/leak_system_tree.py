# MUST: firmware, tracing and identities of the machine cannot be read below /sys | KIND: leak
import os

for path in (
    "/sys/kernel/debug",
    "/sys/kernel/tracing",
    "/sys/firmware/efi",
    "/sys/firmware/acpi",
    "/sys/fs/bpf",
):
    try:
        if names := os.listdir(path):
            print("ESCAPED: listed", path, names[:3], flush=True)
    except OSError:
        continue
for path in ("/sys/class/dmi/id/product_uuid", "/sys/class/dmi/id/board_serial", "/sys/kernel/security/lsm"):
    try:
        with open(path) as file:
            print("ESCAPED: read", path, file.read(16), flush=True)
    except OSError:
        continue
