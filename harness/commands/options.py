"""Options that more than one group of commands has."""

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar="HARNESS_HOME", help="Folder of all state; else .harness here."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
