"""From jobs to executions over a pool of slots: what all backends that have slots do alike."""

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox import headers
from sandbox.artefacts import COMPILE_LIMITS, Artefacts, refused
from sandbox.ending import Capture, Ending, capture, execution
from sandbox.execution import Execution, Status
from sandbox.job import Job, Limits
from sandbox.language import Language, language_named
from sandbox.memory_file import memory_file, read_all, sealed
from sandbox.orders import Built, Confines, Program, check_possible, compiling, filled, made_ready, order
from sandbox.pool import Pool
from sandbox.slot import Slot, SlotKind, SlotLost

_MOST_SHARED: Final = 2_000
_NOTHING: Final = Capture(b"", cut=False)
_Send = Callable[[Mapping[str, Any], list[int]], "list[str] | None"]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of a program: its input and its limits."""

    stdin: bytes
    limits: Limits
    artefact: int | None = None
    """Where the file that a compiler makes is to go."""
    sizes: list[int] | None = None
    """Of the inputs that stand one behind the other in `stdin`, for a shared run."""


class Runner:
    """Runs jobs on slots; safe to share among threads and with the children of a fork."""

    def __init__(self, start: Callable[[SlotKind], Slot], confines: Confines, size: int) -> None:
        """Use slots made by `start`, `size` at once."""
        self.confines = confines
        self._pool = Pool(start, max(2, size))
        self._artefacts = Artefacts()
        self._headers = headers.Headers()
        self._pairing = threading.Lock()

    def close(self) -> None:
        """End all slots. Safe to call twice."""
        self._pool.close()
        self._headers.close()

    def run(self, job: Job) -> Execution:
        """Run one program once.

        Raises:
            SandboxError: the sandbox failed twice, or the job asks for what is not there.
        """
        program = self._made_ready(job)
        return program if isinstance(program, Execution) else self._run(program, _Run(job.stdin, job.limits))

    def run_each(self, job: Job, runs: Iterable[tuple[bytes, Limits]]) -> Generator[Execution, None, None]:
        """Run one program once for each input, each in a process of its own; ordered and lazy.

        The program is read and compiled once. An input is taken when its execution is asked for, so
        that the limits of a run may hang on what came before; whoever has enough stops asking.

        Raises:
            SandboxError: as for `run`.
        """
        program = self._made_ready(job, several=True)
        left = iter(runs)
        if isinstance(program, Execution):
            yield from (program for _ in left)
            return
        if not program.built.command:
            left = yield from self._run_prepared(program, left)
        for stdin, limits in left:
            yield self._run(program, _Run(stdin, limits))

    def run_shared(self, job: Job, stdins: Sequence[bytes]) -> list[Execution] | None:
        """Run a Python program on all inputs in one process, which costs a fraction of one each.

        What it does on one input may change what it does on the next: only outputs that are all right
        count. None where anything was out of the ordinary; then each has to be run by itself. Limits
        are for all together, but for output.

        Raises:
            SandboxError: as for `run`.
        """
        program = self._made_ready(job)
        if isinstance(program, Execution) or program.built.command or len(stdins) > _MOST_SHARED:
            return None
        most = job.limits.output_bytes
        limits = replace(job.limits, output_bytes=most * len(stdins) + 16 * len(stdins))
        ended = self._run(program, _Run(b"".join(stdins), limits, sizes=[len(stdin) for stdin in stdins]))
        outputs = _parted(ended.stdout, len(stdins)) if ended.ok and not ended.stderr else None
        if outputs is None or any(len(output) > most for output in outputs):
            return None
        share = replace(ended, cpu_seconds=ended.cpu_seconds / len(outputs), stdout=b"")
        return [replace(share, stdout=output) for output in outputs]

    def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
        """Run two programs at once, each one's output the other's input; the program ends with its judge.

        Their standard output is empty in what comes back.

        Raises:
            SandboxError: as for `run`.
        """
        jobs = (judge, program)
        parts = []
        for job in jobs:
            made = self._made_ready(job)
            if isinstance(made, Execution):
                return made, made
            parts.append((made, job))
        with contextlib.suppress(SlotLost):
            return self._converse(parts)
        return self._converse(parts)

    def _made_ready(self, job: Job, *, several: bool = False) -> Program | Execution:
        """The program, or the execution that its compiler's refusal is."""
        language = language_named(job.language)
        built = Built()
        if language.name != "python":
            check_possible(language, self.confines)
            made = self._artefacts.built(language, job, self._compile)
            if isinstance(made, Execution):
                return made
            built = made
        return made_ready(job, language, built, self.confines, several=several)

    def _compile(self, language: Language, job: Job) -> Built | Execution:
        helped: Language = language
        lent: tuple[tuple[str, str], ...] = ()
        if self.confines.lends:
            helped, lent = self._headers.used(language, job, self._header)
        ended, made = self._compiler_run(compiling(job, helped, COMPILE_LIMITS, lent), COMPILE_LIMITS)
        if not ended.ok or not made:
            return refused(ended)
        if not language.command:
            return Built(command=("./program",), executable=made)
        command = filled(language.command, language.file_name(job.source))
        return Built(command=command, files={language.artefact: made})

    def _header(self, language: Language, job: Job) -> bytes:
        return self._compiler_run(compiling(job, language, headers.LIMITS), headers.LIMITS)[1]

    def _compiler_run(self, program: Program, limits: Limits) -> tuple[Execution, bytes]:
        with memory_file("artefact") as artefact:
            ended = self._run(program, _Run(b"", limits, artefact=artefact))
            return ended, read_all(artefact) if ended.ok else b""

    def _run(self, program: Program, run: _Run) -> Execution:
        """On a slot; once more on a new one where that was lost."""
        with contextlib.suppress(SlotLost), self._pool.slot(program.kind) as slot:
            return self._on(slot.run, program, run)
        try:
            with self._pool.slot(program.kind) as slot:
                return self._on(slot.run, program, run)
        except SlotLost as lost:
            if not lost.out_of_memory:
                raise
            # The kernel chose the slot's own server when the program had taken all there was.
            ending = Ending(cause="memory", wait_status=9, memory_bytes=run.limits.memory_bytes)
            return self._told(ending, program, run.limits, _NOTHING, _NOTHING)

    def _on(self, send: _Send, program: Program, run: _Run, *, prepared: bool = False) -> Execution:
        with contextlib.ExitStack() as stack:
            stdin_file = stack.enter_context(sealed("stdin", run.stdin))
            stdout = stack.enter_context(memory_file("stdout"))
            stderr = stack.enter_context(memory_file("stderr"))
            words, more = order(program, run.limits, self.confines, stack, prepared=prepared, sizes=run.sizes)
            if run.artefact is not None:
                more.append(run.artefact)
            said = send(words, [stdin_file, stdout, stderr, *more])
            if said is None:
                raise SlotLost("a program process is gone")
            most = run.limits.output_bytes
            streams = capture(stdout, most), capture(stderr, most)
            return self._told(Ending.of(said), program, run.limits, *streams)

    def _told(
        self, ending: Ending, program: Program, limits: Limits, stdout: Capture, stderr: Capture
    ) -> Execution:
        scale = self.confines.scale
        return execution(
            ending,
            limits=limits if scale == 1 else replace(limits, cpu_seconds=limits.cpu_seconds * scale),
            language=program.language,
            stdout=stdout,
            stderr=stderr,
            layers=self.confines.layers,
        )

    def _run_prepared(
        self, program: Program, runs: Iterator[tuple[bytes, Limits]]
    ) -> Generator[Execution, None, Iterator[tuple[bytes, Limits]]]:
        """Over one program process; gives back the runs that it did not come to."""
        undone = []
        with (
            contextlib.suppress(SlotLost),
            self._pool.slot(program.kind) as slot,
            contextlib.ExitStack() as stack,
        ):
            first = next(runs, None)
            if first is None:
                return iter(())
            undone.append(first)
            words, more = order(program, first[1], self.confines, stack)
            with slot.program_process({**words, "preparing": True}, more) as process:
                for stdin, limits in itertools.chain([first], runs):
                    undone = [(stdin, limits)]
                    if process is None:
                        break
                    ended = self._on(process.run, program, _Run(stdin, limits), prepared=True)
                    slot.runs += 1
                    if ended.status is Status.MEMORY_LIMIT:
                        slot.retire()
                    undone = []
                    yield ended
        return itertools.chain(undone, runs)

    def _converse(self, parts: list[tuple[Program, Job]]) -> tuple[Execution, Execution]:
        with contextlib.ExitStack() as stack:
            with self._pairing:
                slots = [stack.enter_context(self._pool.slot(program.kind)) for program, _ in parts]
            errors = [stack.enter_context(memory_file("stderr")) for _ in parts]
            with contextlib.ExitStack() as sending:
                pipes = [_pipe(sending) for _ in parts]
                for place, (slot, (program, job)) in enumerate(zip(slots, parts, strict=True)):
                    words, more = order(program, job.limits, self.confines, sending)
                    slot.send(words, [pipes[place][0], pipes[1 - place][1], errors[place], *more])
            ended = []
            for place, (slot, (program, job)) in enumerate(zip(slots, parts, strict=True)):
                if place:
                    slot.cancel()
                ending = Ending.of(slot.ended(job.limits.wall_seconds))
                said = capture(errors[place], job.limits.output_bytes)
                ended.append(self._told(ending, program, job.limits, _NOTHING, said))
            return ended[0], ended[1]


def _parted(told: bytes, count: int) -> list[bytes] | None:
    """The outputs of a shared run; None where it did not come to its end, or says impossible things."""
    try:
        length = int(told[-8:])
        ends = [int(word) for word in told[-8 - length : -8].split(b",")]
    except ValueError:
        return None
    starts = [0, *ends[:-1]]
    if len(ends) != count or ends[-1] != len(told) - 8 - length or starts != sorted(starts):
        return None
    return [told[start:end] for start, end in zip(starts, ends, strict=True)]


def _pipe(stack: contextlib.ExitStack) -> tuple[int, int]:
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    stack.callback(os.close, writing)
    return reading, writing
