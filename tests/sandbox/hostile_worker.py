"""The helper process of `tests.sandbox.hostile_suite`: an ordinary user's backend, served by lines of JSON.

Started as root it becomes another user first. An interpreter or a checkout that this user could not
read is bound to a readable place, in a mount namespace of this process's own.
"""

import json
import os
import stat
import sys
import traceback
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
sys.path.insert(0, str(CHECKOUT))

from sandbox.backends.embedded import EmbeddedBackend  # noqa: E402
from sandbox.inside import kernel  # noqa: E402
from sandbox.job import Job, Limits  # noqa: E402
from sandbox.language import interpreter  # noqa: E402
from sandbox.seccomp import assemble, refuse  # noqa: E402
from tests.sandbox.hostile_suite import run_at_once  # noqa: E402

_PLACE = "/mnt"
"""Not below /tmp, which a slot has of its own."""


def main() -> None:
    options = json.loads(sys.argv[1])
    if os.geteuid() == 0:
        _become(options["user"])
    _serve(options)


def _become(user: int) -> None:
    python = Path(interpreter())
    prefix = python.parents[1]
    places = {prefix: Path(_PLACE, "python"), CHECKOUT: Path(_PLACE, "checkout")}
    hidden = {path: place for path, place in places.items() if not _readable(path)}
    if hidden:
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
        opened = {place: os.open(path, os.O_PATH) for path, place in hidden.items()}
        kernel.mount("tmpfs", _PLACE, "tmpfs", 0, "size=1m,mode=755")
        for place, descriptor in opened.items():
            place.mkdir()
            kernel.mount(f"/proc/self/fd/{descriptor}", str(place), "", kernel.MS_BIND)
            os.close(descriptor)
    os.chdir("/")
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    python = hidden.get(prefix, prefix) / "bin" / python.name
    program = hidden.get(CHECKOUT, CHECKOUT) / Path(__file__).relative_to(CHECKOUT)
    os.execve(python, [str(python), "-S", "-B", str(program), sys.argv[1]], os.environ)  # noqa: S606


def _readable(path: Path) -> bool:
    """Whether anybody can walk to a folder and read it."""
    walked = all(each.stat().st_mode & stat.S_IXOTH for each in (path, *path.parents))
    return walked and bool(path.stat().st_mode & stat.S_IROTH)


def _serve(options: "dict[str, object]") -> None:
    if options.get("refuse_namespaces"):
        kernel.install_filter(assemble(refuse("unshare")))
    backend = EmbeddedBackend(slots=2, cgroup=bool(options.get("cgroup", True)))
    _say({"layers": sorted(backend.layers), "pid": os.getpid()})
    for line in sys.stdin.buffer:
        jobs = [
            Job(
                source=words["source"],
                language=words["language"],
                stdin=words["stdin"].encode("latin-1"),
                entry_point=words["entry_point"],
                limits=Limits(**words["limits"]),
            )
            for words in json.loads(line)
        ]
        _say({"runs": [run.as_words() for run in run_at_once(backend, jobs)]})
    backend.close()


def _say(words: "dict[str, object]") -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except Exception:  # noqa: BLE001 -- the process's entry: all is the test's to show
        _say({"failed": traceback.format_exc()})
        sys.exit(1)
