"""`harness data`: sources and benchmarks, and data sets made into problems.

Each verb imports what it needs when it is called, so that `harness --help` stays quick.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from harness.commands.options import JsonOption

data = typer.Typer(help="Data sources and benchmarks.", no_args_is_help=True)


@data.command("list")
def data_list(json: JsonOption = False) -> None:
    """List data sources and benchmarks, and whether each works here."""
    from harness.commands.sources import list_data

    list_data(as_json=json)


@data.command("import")
def data_import(
    rows: Annotated[Path, typer.Argument(metavar="ROWS", help="JSON lines, plain or gzipped.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Where the problems go.")],
    format: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option("--format", metavar="NAME", help="The rows' form, where they do not show it."),
    ] = None,
) -> None:
    """Make problems of rows of APPS, TACO, CodeContests, Codeforces, LiveCodeBench, HumanEval(+) or MBPP."""
    from harness.commands.importing import import_rows

    import_rows(rows, out, format=format)
