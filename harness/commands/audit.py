"""The command `harness audit`; it imports what it needs when it is called."""
# A verb has as many parameters as it has options.
# ruff: noqa: PLC0415, PLR0913

from pathlib import Path
from typing import Annotated

import typer

from harness.commands.options import HomeOption, JsonOption


def audit(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERIFIER|DATASET]...", help="Verifiers, puzzle datasets, or your own module:attribute."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All verifiers that are shipped.")] = False,
    items: Annotated[
        Path | None, typer.Option("--items", metavar="FILE.jsonl", help="Items in place of the shipped ones.")
    ] = None,
    count: Annotated[int, typer.Option(min=2, help="Puzzles of each dataset.")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="Of the puzzles and of what is random.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Audits side by side.")] = 2,
    sandbox: Annotated[str, typer.Option(help="Sandbox backend.")] = "auto",
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE.html", help="Write the findings as a page.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    record: Annotated[bool, typer.Option("--record", help="Keep the audits in the home's database.")] = False,
) -> None:
    """Attack verifiers before a model does; exit code 1 where one goes beyond its bar."""
    from harness.commands.auditing import AuditRequest, run_audits
    from rewards.audit.auditor import Setting

    request = AuditRequest(
        names=names or [],
        everything=everything,
        items=items,
        count=count,
        setting=Setting(sandbox=sandbox, workers=workers, seed=seed),
        page=page,
        as_json=json,
        record=record,
    )
    raise typer.Exit(run_audits(request, home))
