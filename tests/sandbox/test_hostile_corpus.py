"""The corpus of hostile programs is whole, and the suite that judges them would see what got out."""

import socket
from collections import Counter
from pathlib import Path

import pytest

from sandbox.backends.scripted import scripted_execution
from sandbox.execution import Status
from sandbox.inside.call import encode
from tests.sandbox.hostile_suite import CORPUS, PROGRAMS, SECRET_VARIABLE, Hostile, World, judged, loaded

AT_LEAST = {
    "resource": 16,
    "time": 14,
    "process": 10,
    "crash": 10,
    "leak": 14,
    "escape": 14,
    "network": 8,
    "signal": 8,
    "syscall": 14,
    "spoof": 15,
    "function": 25,
    "slots": 12,
    "honest": 12,
}


def test_every_kind_of_attack_has_its_programs() -> None:
    counts = Counter(program.kind for program in PROGRAMS)
    assert set(counts) == set(AT_LEAST)
    assert not {kind: count for kind, count in counts.items() if count < AT_LEAST[kind]}
    assert sum(counts.values()) >= 297


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_every_program_says_what_it_is(path: Path) -> None:
    program = loaded(path)
    # An honest function is called like a hostile one.
    assert program.name.partition("_")[0] in {program.kind, "function"}
    assert not path.name.startswith("test_")


def test_a_file_without_its_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leak_nothing.py").write_text("# KIND: leak\n")
    with pytest.raises(ValueError, match=r"leak_nothing\.py: the first line is no header"):
        loaded(tmp_path / "leak_nothing.py")


def _program(kind: str, *, name: str = "", ends: frozenset[Status] = frozenset()) -> Hostile:
    return Hostile(
        name=name or f"{kind}_program.py", language="python", source="", must="hold", kind=kind, ends=ends
    )


@pytest.mark.parametrize(
    ("program", "status", "stdout"),
    [
        (_program("leak"), Status.OK, b"so far\nESCAPED: read it\n"),
        (_program("time", ends=frozenset({Status.CPU_TIME_LIMIT})), Status.OK, b""),
        (_program("honest"), Status.OK, b"HONEST\n"),
        (_program("honest"), Status.NONZERO_EXIT, b"HONEST OK\n"),
        (_program("spoof"), Status.OK, b"RIGHT-ANSWER\n"),
        (_program("function", name="function_guesses.py"), Status.OK, encode(49).encode()),
        (_program("honest", name="function_honest_one.py"), Status.OK, encode(50).encode()),
        (_program("honest", name="function_honest_one.py"), Status.OK, b""),
    ],
)
def test_the_judge_sees_what_is_wrong(program: Hostile, status: Status, stdout: bytes) -> None:
    assert judged(program, scripted_execution(status, stdout=stdout), 0.0)


@pytest.mark.parametrize(
    ("program", "status", "stdout"),
    [
        (_program("leak"), Status.SIGNAL, b"not ESCAPED\n"),
        (_program("honest"), Status.OK, b"1\nHONEST OK\n"),
        (_program("function", name="function_is_true.py"), Status.OK, encode(True).encode()),
        (_program("function", name="function_is_late.py"), Status.WALL_TIME_LIMIT, b""),
        (_program("honest", name="function_honest_one.py"), Status.OK, encode(49).encode()),
    ],
)
def test_the_judge_lets_the_rest_pass(program: Hostile, status: Status, stdout: bytes) -> None:
    assert not judged(program, scripted_execution(status, stdout=stdout), 0.0)


def test_the_judge_sees_a_run_that_went_on_too_long() -> None:
    assert judged(_program("time"), scripted_execution(Status.WALL_TIME_LIMIT), 60.0)


@pytest.mark.parametrize(
    "change",
    ["canary.write_text('x')", "canary.chmod(0o600)", "canary.unlink()", "marker.touch()", "call()"],
)
def test_the_world_sees_what_was_done_to_it(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "CANARY-1")
    world = World(tmp_path, 1)
    try:
        assert not world.wrongs()
        names = {name: Path(str(world.words[name])) for name in ("canary", "marker")}

        def call() -> None:
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect("\0" + str(world.words["abstract"]))

        exec(change, {**names, "call": call})  # noqa: S102 -- the words above
        assert world.wrongs()
    finally:
        world.close()
