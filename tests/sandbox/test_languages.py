"""Each language runs where its tools are, is compiled in the sandbox, and says what is missing."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox import language
from sandbox.backends.embedded import EmbeddedBackend
from sandbox.errors import SandboxError
from sandbox.execution import Status
from sandbox.job import MIB, Job, Limits

PROGRAMS = {
    "python": "import numpy as np\nx = int(input())\nprint(int(np.array([x, x]).prod()))",
    "c": '#include <stdio.h>\nint main(){int x;scanf("%d",&x);printf("%d\\n",x*x);}',
    "cpp": "#include <iostream>\nint main(){int x;std::cin>>x;std::cout<<x*x<<std::endl;}",
    "java": "import java.util.*;\npublic class Squares {\n  record Pair(int a) {}\n"
    "  public static void main(String[] a) {\n"
    "    int x = new Pair(new Scanner(System.in).nextInt()).a();\n    System.out.println(x * x);\n  }\n}",
    "javascript": 'const x = +require("fs").readFileSync(0, "utf8");\nconsole.log(x * x);',
    "bash": "read x\necho $((x * x)) | cat",
    "go": 'package main\nimport "fmt"\nfunc main() { var x int; fmt.Scan(&x); fmt.Println(x * x) }',
    "rust": "use std::io;\nfn main() { let mut s = String::new(); io::stdin().read_line(&mut s).unwrap();\n"
    '  let x: i64 = s.trim().parse().unwrap(); println!("{}", x * x); }',
}
BROKEN = {
    "c": "int main({",
    "cpp": "int main({",
    "java": "class A { void f( }",
    "go": "package main\nfunc main() {",
    "rust": "fn main() { let }",
}


@pytest.fixture(scope="module")
def backend() -> Iterator[EmbeddedBackend]:
    opened = EmbeddedBackend()
    yield opened
    opened.close()


def test_there_is_a_program_for_every_language() -> None:
    assert set(PROGRAMS) == set(language.LANGUAGES)
    assert set(BROKEN) == {name for name, each in language.LANGUAGES.items() if each.compiler}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_of_each_language_squares_its_input(backend: EmbeddedBackend, name: str) -> None:
    job = Job(source=PROGRAMS[name], language=name, stdin=b"12\n")
    for _ in range(2):
        ended = backend.run(job)
        assert (ended.status, ended.stdout) == (Status.OK, b"144\n"), ended
    inputs = [(b"%d\n" % number, job.limits) for number in range(4)]
    assert [int(each.stdout) for each in backend.run_each(job, inputs)] == [0, 1, 4, 9]


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_cannot_be_compiled_is_the_programs_fault(backend: EmbeddedBackend, name: str) -> None:
    ended = backend.run(Job(source=BROKEN[name], language=name))
    assert ended.status is Status.COMPILE_ERROR
    assert b"error" in ended.stderr or b"syntax" in ended.stderr
    assert ended.layers == backend.layers


def test_a_missing_compiler_is_named(backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = replace(language.LANGUAGES["go"], tools=("no-such-compiler",))
    monkeypatch.setitem(language.LANGUAGES, "go", lost)
    with pytest.raises(SandboxError, match="'go' need no-such-compiler in /usr/bin: install it there"):
        backend.run(Job(source="", language="go"))


def test_the_same_text_is_compiled_once(backend: EmbeddedBackend) -> None:
    source = PROGRAMS["cpp"] + "// once"
    walls = []
    for _ in range(2):
        started = time.monotonic()
        assert backend.run(Job(source=source, language="cpp", stdin=b"3")).stdout == b"9\n"
        walls.append(time.monotonic() - started)
    assert walls[1] < walls[0] / 3


def test_all_headers_are_compiled_beforehand_once_they_are_used_much() -> None:
    fresh = EmbeddedBackend()
    source = (
        "#include <bits/stdc++.h>\nusing namespace std;\nint main() { int x; cin >> x; cout << x * x + %d; }"
    )
    try:
        outputs = [
            fresh.run(Job(source=source % number, language="cpp", stdin=b"3")).stdout for number in range(5)
        ]
        assert outputs == [b"%d" % (9 + number) for number in range(5)]
        folder = fresh._runner._headers._folder
        assert folder is not None
        assert (folder / "all.h.gch").stat().st_size > MIB
    finally:
        fresh.close()
    assert not folder.exists()


def test_a_bomb_for_the_compiler_ends_within_its_limits(backend: EmbeddedBackend) -> None:
    source = "template<int n> struct A { A<n+1> a; A<n+2> b; };\nint main() { A<0> a; }"
    ended = backend.run(Job(source=source, language="cpp"))
    assert ended.status is Status.COMPILE_ERROR
    assert backend.run(Job(source="print(1)")).ok


def test_memory_of_a_compiled_program_has_an_end(backend: EmbeddedBackend) -> None:
    source = (
        "#include <vector>\n"
        "int main() { std::vector<std::vector<char>> v; for (;;) v.emplace_back(1 << 20, 1); }"
    )
    limits = Limits(memory_bytes=64 * MIB)
    assert backend.run(Job(source=source, language="cpp", limits=limits)).status is Status.MEMORY_LIMIT
    heap = "const a = []; for (;;) a.push(new Array(100000).fill(1.5));"
    limits = Limits(memory_bytes=256 * MIB, cpu_seconds=20, wall_seconds=60)
    ended = backend.run(Job(source=heap, language="javascript", limits=limits))
    assert ended.status is Status.MEMORY_LIMIT


def test_the_tools_of_the_tests_are_installed() -> None:
    """Else the tests above would have failed, but with less to say."""
    assert [
        tool for each in language.LANGUAGES.values() for tool in each.tools if not shutil.which(tool)
    ] == []
