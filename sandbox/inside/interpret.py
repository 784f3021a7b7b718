"""Running Python source in this very process, to the exit, as `python main.py` would."""

import atexit
import builtins
import os
import sys

from sandbox.inside import call, scratch

_PIPE_BYTES = 65_536


def run(prepared, box: str, entry_point: "str | None") -> None:  # type: ignore[no-untyped-def]
    """Run Python source in this process as `python main.py` would, to the exit; does not return."""
    path = f"{box}/{prepared.file_name}"
    sys.argv = [path]
    sys.path.insert(0, box)
    status = 0
    try:
        prepared.compile(box)
    except BaseException as error:  # noqa: BLE001 -- told as Python tells it: no traceback, nothing ran
        _lay_source(path, prepared)
        shown = error.with_traceback(None)
        sys.excepthook(type(shown), shown, None)
        _leave(1)
    try:
        if entry_point is None:
            exec(prepared.code, _fresh_main(path))  # noqa: S102 -- the sandbox's trade
        else:
            call.answer(prepared.code, entry_point)
    except SystemExit as end:
        status = _exit_status(end)
    except BaseException as error:  # noqa: BLE001 -- the program's own, and told as Python tells it
        _lay_source(path, prepared)
        shown = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
        sys.excepthook(type(shown), shown, shown.__traceback__)
        status = 1
    _leave(status)


def run_shared(  # type: ignore[no-untyped-def]
    prepared, box: str, entry_point: "str | None", sizes: "list[int]"
) -> None:
    """Run Python source once for each of several inputs, all in this process; does not return.

    Standard input holds the inputs one behind the other. On standard output come the outputs, and
    behind them where each one ends; whatever goes wrong leaves that out, and says nothing more.
    """
    path = f"{box}/{prepared.file_name}"
    sys.argv = [path]
    sys.path.insert(0, box)
    ends, offset = [], 0
    try:
        prepared.compile(box)
        inputs = os.dup(0)
        for size in sizes:
            content = os.pread(inputs, size, offset)
            offset += size
            if entry_point is None:
                _give(content)
                _run_once(prepared.code, path)
            else:
                told = call.value(prepared.code, entry_point, content)
                os.write(1, told.encode())
            ends.append(os.lseek(1, 0, os.SEEK_END))
        listed = ",".join(map(str, ends)).encode()
        os.write(1, listed + b"%08d" % len(listed))
    except BaseException:  # noqa: BLE001 -- all is run again one by one, and then it is told
        os._exit(1)
    os._exit(0)


def _give(content: bytes) -> None:
    """Make `content` all of standard input, and both streams new."""
    reading, writing = os.pipe()
    if len(content) > _PIPE_BYTES:
        import fcntl  # which few need, and every fork would carry

        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, len(content))
    view = memoryview(content)
    while view:
        view = view[os.write(writing, view) :]
    os.close(writing)
    os.dup2(reading, 0)
    os.close(reading)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115


def _run_once(code: object, path: str) -> None:
    try:
        exec(code, _fresh_main(path))  # type: ignore[arg-type] # noqa: S102 -- the sandbox's trade
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
    sys.stdout.flush()


def _fresh_main(path: str) -> "dict":  # type: ignore[type-arg]
    module = type(sys)("__main__")
    module.__file__ = path
    module.__builtins__ = builtins  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    return module.__dict__


def _lay_source(path: str, prepared) -> None:  # type: ignore[no-untyped-def]
    """Give a traceback its lines: to lay down every program's text costs a tenth of its whole run."""
    if prepared.file_name not in prepared.files:
        try:
            scratch.lay("", {path[1:]: prepared.source})
        except OSError:
            pass  # there is no place, or it is full: then the traceback comes without


def _exit_status(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return int(end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)  # noqa: T201 -- as Python does
    return 1


def _leave(status: int) -> None:
    """What Python does at its end, but for taking itself apart."""
    try:
        threading = sys.modules.get("threading")
        if threading:
            threading._shutdown()  # noqa: SLF001 -- what Python itself calls
        atexit._run_exitfuncs()  # noqa: SLF001
    except BaseException as error:  # noqa: BLE001 -- the program's own again
        sys.excepthook(type(error), error, error.__traceback__)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:  # noqa: BLE001 -- a full or closed stream, or what the program put there
            status = status or 120
    os._exit(status)
