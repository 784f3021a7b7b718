# MUST: no cgroup can be made, joined or changed | KIND: escape
import os

opened = 0
for top, directories, names in os.walk("/sys/fs/cgroup"):
    for name in {
        "cgroup.procs",
        "tasks",
        "release_agent",
        "notify_on_release",
        "memory.max",
        "pids.max",
    } & set(names):
        try:
            os.close(os.open(os.path.join(top, name), os.O_WRONLY))
        except OSError:
            continue
        print("ESCAPED: can write", os.path.join(top, name), flush=True)
    try:
        os.mkdir(os.path.join(top, "hostile"))
        os.rmdir(os.path.join(top, "hostile"))
        print("ESCAPED: made a cgroup below", top, flush=True)
    except OSError:
        pass
    opened += 1
    if opened > 100:
        break
