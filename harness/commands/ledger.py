"""`harness runs`: runs and what happened in them.

Each verb imports what it needs when it is called, so that `harness --help` stays quick.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from harness.commands.options import HomeOption, JsonOption

runs = typer.Typer(help="Runs and what happened in them.", no_args_is_help=True)

RunArgument = Annotated[str, typer.Argument(help="A run's id.")]


@runs.command("list")
def runs_list(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the runs of this home."""
    from harness.commands.runs import list_runs

    list_runs(home, as_json=json)


@runs.command("show")
def runs_show(
    run: RunArgument,
    home: HomeOption = None,
    json: JsonOption = False,
    timings: Annotated[
        bool, typer.Option("--timings", help="Add wall seconds, which differ by machine.")
    ] = False,
) -> None:
    """Show one run's steps, events and evaluations."""
    from harness.commands.runs import show_run

    show_run(run, home, as_json=json, timings=timings)


@runs.command("replay")
def runs_replay(run: RunArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Decide a run's resets and stages again from its recorded numbers; exit code 1 where they differ."""
    from harness.commands.replaying import replay_run

    raise typer.Exit(replay_run(run, home, as_json=json))
