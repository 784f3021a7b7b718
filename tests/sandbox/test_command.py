"""`harness sandbox run`: one line of JSON for what a program did, one clear line for what cannot be."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def harness(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "harness.cli", "sandbox", "run", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def ended(*words: object) -> dict[str, Any]:
    done = harness(*words, "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.py", b"print(input())", "ok"),
        ("a.py", b"", "ok"),
        ("a.py", b"def f(:", "compile_error"),
        ("a.py", b'print("\xe9")', "compile_error"),
        ("a.py", b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))", "ok"),
        ("a.py", b"a\0b", "compile_error"),
        ("a.sh", b"exit 3", "nonzero_exit"),
        ("a.c", b"int main() { return 0; }", "ok"),
    ],
)
def test_any_file_has_a_typed_ending(tmp_path: Path, name: str, content: bytes, status: str) -> None:
    program, stdin = tmp_path / name, tmp_path / "stdin"
    program.write_bytes(content)
    stdin.write_bytes(b"in \xff\n")
    told = ended(program, "--stdin", stdin)
    assert told["status"] == status, told
    assert {"namespaces", "seccomp", "rlimits"} <= set(told["layers"])
    if b"latin-1" in content:
        assert told["stdout"] == "'\\xe9'\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["."], "Is a directory"),
        (["no-such-file"], "No such file"),
        (["PROGRAM", "--stdin", "."], "Is a directory"),
        (["PROGRAM", "--cpu", "0"], "cpu_seconds must be positive"),
        (["PROGRAM", "--memory", "-1"], "memory_bytes must be positive"),
        (["PROGRAM", "--language", "cobol"], "no language 'cobol': have bash, c, cpp"),
        (["PROGRAM", "--backend", "bwrap"], "no sandbox backend 'bwrap': have auto,"),
        (["PROGRAM", "--require", "magic"], "have cgroup, landlock, namespaces"),
        (["PROGRAM", "--backend", "unsafe", "--require", "namespaces"], "lacks namespaces"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(tmp_path: Path, words: list[str], said: str) -> None:
    program = tmp_path / "a.py"
    program.write_text("print(1)")
    done = harness(*(str(program) if word == "PROGRAM" else word for word in words))
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
