"""The commands `harness verifiers ...`; each imports what it needs when it is called."""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from harness.commands.options import HomeOption, JsonOption

verifiers = typer.Typer(
    help="Verifiers: what stands behind them, and where they are in doubt.", no_args_is_help=True
)


@verifiers.command("list")
def verifiers_list(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the verifiers that this home knows, each version with its code and its last audit."""
    from harness.commands.registrations import list_verifiers

    list_verifiers(home, as_json=json)


@verifiers.command("show")
def verifiers_show(
    name: Annotated[str, typer.Argument(help="A verifier's name.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show all versions of one verifier: code, libraries, configuration and audits."""
    from harness.commands.registrations import show_verifier

    show_verifier(name, home, as_json=json)


@verifiers.command("register")
def verifiers_register(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Else all that are shipped.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Keep what verifiers are made of here; whatever grades with this home does so by itself."""
    from harness.commands.registrations import register_verifiers

    register_verifiers(names or [], home)


@verifiers.command("disagreements")
def verifiers_disagreements(
    verifier: Annotated[str | None, typer.Option(help="Only of the verifier of this name.")] = None,
    resolve: Annotated[int | None, typer.Option(metavar="ID", help="Settle this one, by --label.")] = None,
    label: Annotated[str | None, typer.Option(help="correct or incorrect: what the answer is.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List answers on which engines disagree and what labels say of the verifier, or settle one."""
    from harness.commands.disagreements import list_disagreements, resolve_disagreement

    if resolve is None and label is None:
        list_disagreements(verifier, home, as_json=json)
    else:
        resolve_disagreement(resolve, label, home)
