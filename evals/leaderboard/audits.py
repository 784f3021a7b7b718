"""The page of an audit: one file that opens without a server and loads nothing."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from evals.leaderboard.assets import STATIC_FOLDER
from evals.leaderboard.pages import page_environment
from rewards.audit.report import AuditReport

_STYLE: Final = STATIC_FOLDER / "page.css"


def render_audits(reports: Sequence[AuditReport]) -> str:
    """All reports, those that are beyond a bar first. What models or attackers wrote is escaped."""
    style = _STYLE.read_text(encoding="utf-8")
    return (
        page_environment()
        .get_template("audits.html.j2")
        # Ours, from the package, and no `</` in it.
        .render(reports=sorted(reports, key=lambda report: report.passed), style=Markup(style))  # noqa: S704
    )
