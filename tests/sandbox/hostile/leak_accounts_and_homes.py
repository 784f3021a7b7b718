# MUST: neither passwords nor homes of the host are in sight | KIND: leak
import os
import sys

for path in ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssl/private", "/etc/ssh/ssh_host_rsa_key"):
    try:
        with open(path, "rb") as file:
            print("ESCAPED: read", path, len(file.read(64)), flush=True)
    except OSError:
        continue
for path in ("/root", "/home", "/var/lib/docker", "/var/spool/cron/crontabs"):
    try:
        # The interpreter's own place may lie below; its parents then hold nothing else.
        others = [
            name for name in os.listdir(path) if not f"{sys.base_prefix}/".startswith(f"{path}/{name}/")
        ]
    except OSError:
        continue
    if others:
        print("ESCAPED: listed", path, others[:3], flush=True)
for name in (
    ".ssh/id_rsa",
    ".ssh/id_ed25519",
    ".netrc",
    ".bash_history",
    ".aws/credentials",
    ".git-credentials",
):
    try:
        with open(os.path.join("/root", name), "rb") as file:
            print("ESCAPED: read", name, len(file.read(64)), flush=True)
    except OSError:
        continue
