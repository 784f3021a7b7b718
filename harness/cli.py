"""The command `harness`: every verb, its options, and how failures end.

Each verb imports what it needs when it is called, so that `harness --help` stays quick.
"""
# A verb has as many parameters as it has options.
# ruff: noqa: PLC0415, PLR0913

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from db.errors import StoreError
from evals.errors import EvalError
from harness.commands.audit import audit
from harness.commands.data import data
from harness.commands.ledger import runs
from harness.commands.options import HomeOption, JsonOption
from harness.commands.verifiers import verifiers
from harness.errors import ConfigError, HarnessError
from rewards.errors import BadReference, GradingError, UnknownVerifier
from sandbox.errors import SandboxError

DONE, CHECK_FAILED, BAD_USAGE, INTERRUPTED = 0, 1, 2, 128 + signal.SIGINT

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
evaluation = typer.Typer(help="Measure a model on benchmarks.", no_args_is_help=True)
boards = typer.Typer(help="The leaderboard page.", no_args_is_help=True)
sandboxes = typer.Typer(help="Untrusted programs.", no_args_is_help=True)
app.add_typer(runs, name="runs")
app.add_typer(evaluation, name="eval")
app.add_typer(boards, name="board")
app.add_typer(sandboxes, name="sandbox")
app.add_typer(data, name="data")
app.add_typer(verifiers, name="verifiers")
app.command()(audit)

SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a recipe key, by dotted name."),
]
HubOption = Annotated[str | None, typer.Option("--hub", metavar="URL", help="Grade through this hub.")]
FreshOption = Annotated[bool, typer.Option("--fresh", help="Start a new run beside one that is there.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")]


@app.callback()
def harness(home: Annotated[Path | None, typer.Option("--home", help="As after the verb.")] = None) -> None:
    """Train a small reasoning model with verified rewards, and measure what it can do."""
    if home is not None:
        os.environ["HARNESS_HOME"] = str(home)


@app.command()
def demo(
    home: HomeOption = None,
    overrides: SetOption = None,
    fresh: FreshOption = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the page at the end.")] = True,
) -> None:
    """Train a tiny model, measure it, and show what grew and what shrank: the whole main job in minutes."""
    from harness.commands.demo import run_demo

    raise typer.Exit(run_demo(home, overrides or [], fresh=fresh, serve_page=serve))


@app.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as recipes/demo.toml.")],
    home: HomeOption = None,
    overrides: SetOption = None,
    fresh: FreshOption = False,
    hub: HubOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Train by a recipe; the same command goes on with a run that was stopped or killed."""
    from harness.commands.training import train_command

    raise typer.Exit(train_command(recipe, home, overrides or [], fresh=fresh, hub=hub, dry_run=dry_run))


@app.command()
def simulate(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as recipes/prorl-v1.toml.")],
    overrides: SetOption = None,
    json: JsonOption = False,
) -> None:
    """Go through a recipe's whole schedule on made-up metrics: its stages, resets and penalty phases."""
    from harness.commands.planning import simulate_command

    simulate_command(recipe, overrides or [], as_json=json)


@evaluation.command("run")
def eval_run(
    model: Annotated[str, typer.Option(help="A model folder or hub name.")],
    benchmark: Annotated[list[str], typer.Option(help="A benchmark's name; may be given again.")],
    home: HomeOption = None,
    samples: Annotated[int, typer.Option(min=1, help="Completions a problem.")] = 16,
    temperature: Annotated[float, typer.Option(min=0.0)] = 0.6,
    top_p: Annotated[float, typer.Option(min=0.01, max=1.0)] = 0.95,
    max_tokens: Annotated[int, typer.Option(min=1)] = 1024,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many problems.")] = None,
    hub: HubOption = None,
    json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Measure a model on benchmarks; the same command goes on where it was stopped."""
    from evals.sampler import Sampling
    from harness.commands.measuring import EvaluationRequest, run_evaluation

    run_evaluation(
        EvaluationRequest(
            model=model,
            benchmarks=tuple(benchmark),
            sampling=Sampling(
                n=samples, temperature=temperature, top_p=top_p, max_tokens=max_tokens, seed=seed
            ),
            limit=limit,
            hub=hub,
            as_json=json,
            dry_run=dry_run,
        ),
        home,
    )


@app.command()
def boundary(
    run: Annotated[str, typer.Argument(help="A run's id.")],
    home: HomeOption = None,
    k: Annotated[
        int | None, typer.Option(min=2, help="Where breadth is read; else 128 or what the samples carry.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say of each benchmark whether the reasoning boundary grew, shrank or cannot be told."""
    from harness.commands.measuring import show_boundary

    show_boundary(run, home, k=k, as_json=json)


@app.command()
def grade(
    rows: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="Rows to grade, one JSON object a line.")],
    out: Annotated[Path, typer.Option("--output", "-o", metavar="OUT.jsonl", help="Where the verdicts go.")],
    workers: Annotated[int, typer.Option(min=1, help="Answers judged side by side.")] = 2,
    sandbox: Annotated[str, typer.Option(help="Sandbox backend.")] = "auto",
    hub: HubOption = None,
    home: HomeOption = None,
    record: Annotated[
        bool, typer.Option("--record", help="Put answers on which engines disagree into the home's queue.")
    ] = False,
) -> None:
    """Grade a file of answers: one row out for each row in, in order, bad rows included."""
    from harness.commands.grading import grade_file
    from harness.home import open_home

    record_in = open_home(home).database_url if record else None
    grade_file(rows, out, workers=workers, sandbox=sandbox, hub=hub, record_in=record_in)


@sandboxes.command("run")
def sandbox_run(
    program: Annotated[Path, typer.Argument(metavar="FILE", help="The program.")],
    stdin: Annotated[Path | None, typer.Option(help="A file to give as standard input.")] = None,
    language: Annotated[
        str | None, typer.Option(help="By the file's name where not given; else python.")
    ] = None,
    backend: Annotated[str, typer.Option()] = "auto",
    require: Annotated[
        list[str] | None, typer.Option(help="A layer that must hold; may be given several times.")
    ] = None,
    wall: Annotated[float, typer.Option(help="Wall seconds.")] = 15.0,
    cpu: Annotated[float, typer.Option(help="CPU seconds.")] = 5.0,
    memory: Annotated[int, typer.Option(help="MiB.")] = 512,
    json: JsonOption = False,
) -> None:
    """Run an untrusted program and print what happened."""
    from harness.commands.programs import ProgramRequest, run_program

    run_program(
        ProgramRequest(
            program=program,
            stdin=stdin,
            language=language,
            backend=backend,
            wall_seconds=wall,
            cpu_seconds=cpu,
            memory_mib=memory,
            require=require or [],
            as_json=json,
        )
    )


@app.command()
def serve(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=0, help="Celery workers; 0 grades in the service.")] = 0,
    sandbox: Annotated[str, typer.Option(help="Sandbox backend.")] = "auto",
) -> None:
    """Serve grading over HTTP, and the page."""
    from harness.commands.service import serve_hub

    serve_hub(home, host=host, port=port, workers=workers, sandbox=sandbox)


@app.command()
def worker(
    home: HomeOption = None,
    workers: Annotated[int, typer.Option("--concurrency", "-c", min=1)] = 1,
    sandbox: Annotated[str, typer.Option(help="Sandbox backend.")] = "auto",
) -> None:
    """Grade for a hub as a Celery worker."""
    from harness.commands.service import run_hub_worker

    run_hub_worker(home, workers=workers, sandbox=sandbox)


@boards.command("export")
def board_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pages go.")],
    home: HomeOption = None,
) -> None:
    """Write the page as static files that open without a server."""
    from harness.commands.board import export_board

    export_board(folder, home)


@app.command()
def doctor(home: HomeOption = None, json: JsonOption = False) -> None:
    """Say what works on this machine, what is missing and how to get it."""
    from harness.commands.doctor import examine

    raise typer.Exit(examine(home, as_json=json))


def main() -> None:
    """Run the command line; a failure is one message and an exit code, never a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        _end("stopped; what was kept is safe, and the same command goes on", INTERRUPTED)
    except (ConfigError, BadReference, UnknownVerifier) as error:
        _end(f"error: {error}", BAD_USAGE)
    except (HarnessError, StoreError, EvalError, GradingError, SandboxError) as error:
        _end(f"error: {error}", CHECK_FAILED)
    except BrokenPipeError:
        _end("", CHECK_FAILED)
    except OSError as error:
        _end(f"error: {error.filename or 'the system'}: {error.strerror or error}", CHECK_FAILED)


def _end(message: str, code: int) -> None:
    if message:
        sys.stderr.write(message + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
