# MUST: no hard limit can be raised | KIND: resource
import resource


def above(value, limit):
    return limit != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > limit)


for name in dir(resource):
    if not name.startswith("RLIMIT_"):
        continue
    which = getattr(resource, name)
    try:
        soft, hard = resource.getrlimit(which)
    except (OSError, ValueError):
        continue
    for wanted in (resource.RLIM_INFINITY, hard + 1, hard * 2 + 4096):
        try:
            resource.setrlimit(which, (soft, wanted))
        except (OSError, ValueError, OverflowError):
            continue
    if above(resource.getrlimit(which)[1], hard):
        print("ESCAPED: raised", name, "from", hard, "to", resource.getrlimit(which)[1], flush=True)
