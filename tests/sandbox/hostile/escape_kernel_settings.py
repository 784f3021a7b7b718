# MUST: no setting of the kernel can be written | KIND: escape
import os

for name in (
    "kernel/core_pattern",
    "kernel/modprobe",
    "kernel/hotplug",
    "kernel/hostname",
    "kernel/domainname",
    "kernel/panic_on_oops",
    "kernel/printk",
    "kernel/randomize_va_space",
    "kernel/keys/maxkeys",
    "fs/suid_dumpable",
    "fs/file-max",
    "vm/overcommit_memory",
    "net/ipv4/ip_forward",
    "user/max_user_namespaces",
):
    try:
        setting = os.open(f"/proc/sys/{name}", os.O_RDWR)
        os.pwrite(setting, os.pread(setting, 4096, 0), 0)  # its own value: a proof that does no harm
    except OSError:
        continue
    print("ESCAPED: wrote", name, flush=True)
for path in (
    "/proc/sysrq-trigger",
    "/proc/sys/vm/drop_caches",
    "/proc/sys/fs/binfmt_misc/register",
    "/proc/mtrr",
):
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError:
        continue
    print("ESCAPED: opened for writing", path, flush=True)
