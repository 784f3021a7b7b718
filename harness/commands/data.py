"""`harness data`: sources, benchmarks, and published data sets.

Each verb imports what it needs when it is called, so that `harness --help` stays quick.
"""
# A verb has as many parameters as it has options.
# ruff: noqa: PLC0415, PLR0913

from typing import Annotated

import typer

from harness.commands.options import HomeOption, JsonOption

data = typer.Typer(help="Data sources, benchmarks and data sets.", no_args_is_help=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A data set's name, or a module:attribute of your own.")
]


@data.command("list")
def data_list(home: HomeOption = None, json: JsonOption = False) -> None:
    """List sources, benchmarks and data sets: what works here, and what is imported."""
    from harness.commands.sources import list_data

    list_data(home, as_json=json)


@data.command("show")
def data_show(
    name: NameArgument,
    home: HomeOption = None,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Show the rows that were not taken, and why.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows to show.")] = 20,
    json: JsonOption = False,
) -> None:
    """Show what a data set is, and what was imported of it."""
    from harness.commands.sources import show_dataset

    show_dataset(name, home, limit=limit if quarantined else 0, as_json=json)


@data.command("import")
def data_import(
    name: NameArgument,
    home: HomeOption = None,
    origin: Annotated[
        str, typer.Option("--from", metavar="hub|DIR|FILE", help="The Hugging Face hub, or a copy of yours.")
    ] = "hub",
    limit: Annotated[int | None, typer.Option(min=1, help="Stop at so many questions in all.")] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="BENCHMARK|FILE", help="Flag what repeats it too; may be given again."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was imported and begin anew.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Answers judged side by side.")] = 2,
    sandbox: Annotated[str, typer.Option(help="Sandbox backend.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
) -> None:
    """Import a data set, each row proved; the same command goes on where it was stopped or killed."""
    from harness.commands.importing import ImportRequest, import_dataset

    request = ImportRequest(
        name=name,
        origin=origin,
        limit=limit,
        against=tuple(against or ()),
        fresh=fresh,
        sandbox=sandbox,
        workers=workers,
        dry_run=dry_run,
    )
    raise typer.Exit(import_dataset(request, home))
