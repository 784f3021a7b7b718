"""Text that models and data sets wrote stays text, in every field that a page shows."""

from dataclasses import replace

import pytest

from evals.leaderboard.links import ServerLinks, StaticPaths
from evals.leaderboard.pages import render_board, render_passk, render_run, render_sample, render_samples
from evals.leaderboard.views import EventView, RunSummary, RunView, SamplePage, SampleQuery, StepView
from evals.leaderboard.visible import LONGEST, visible
from rewards.verdict import Outcome, Verdict
from tests.evals.leaderboard import made_up
from tests.evals.leaderboard.markup import Page, read

LINKS = ServerLinks()
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script end": "</script><script>alert(1)</script>",
    "comment": "<!--<script>",
    "handler": "<img src=x onerror=alert(1)>",
    "svg": "<svg onload=alert(1)><a href='javascript:alert(1)'>x</a></svg>",
    "quotes": '" onmouseover="alert(1)" \'` x=\'',
    "address": "javascript:alert(1)",
    "template": "{{ 7*7 }} {% raw %} ${7*7}",
    "entity": "&lt;b&gt; &#60;i&#62;",
    "null": "a\x00b",
    "terminal": "\x1b[31mred\x1b[0m\x07",
    "direction": "safe \u202egnp.exe\u202c \u2067x\u2069",
    "right to left": "שלום עולם",
    "surrogate": "half \ud800 a pair",
    "long line": "x" * 1_000_000,
    "dots": "../../etc/passwd",
}


def hostile_pages(text: str) -> list[Page]:
    verdict = Verdict(
        status=Outcome.PARTIAL,
        reward=0.5,
        extracted=text,
        detail={text[:50]: [text]},
        verifier=text[:50],
        version=text[:50],
    )
    sample = replace(
        made_up.sample(),
        model=text[:50],
        benchmark=text[:50],
        problem_id=text[:50],
        source=text[:50],
        level=text[:50],
        prompt=text,
        completion=text,
        reference={text[:50]: text},
        verdicts=(verdict, verdict),
    )
    run = RunView(
        summary=RunSummary(id=text[:50], name=text, status=text[:50], step=1, steps=2),
        recipe={text[:50]: {"x": text}},
        steps=(StepView(step=1, metrics={text[:50]: 1.0, f"reward/{text[:50]}": 1.0}),),
        events=(EventView(step=1, kind=text[:50], detail={text[:50]: text}),),
    )
    report = replace(made_up.report(text[:50], text[:50], n=8), verifier=text[:50], version=text[:50])
    return [
        read(html)
        for html in (
            render_sample(sample, LINKS),
            render_samples(SamplePage(samples=(sample,), query=SampleQuery(problem=text[:50])), LINKS),
            render_run(run, LINKS),
            render_board([report], LINKS),
            render_passk([report], LINKS),
        )
    ]


TAME = hostile_pages("tame")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_adds_no_element_no_handler_and_no_address(name: str) -> None:
    for page, tame in zip(hostile_pages(HOSTILE[name]), TAME, strict=True):
        assert page.elements == tame.elements
        assert not page.inline_scripts
        assert not page.handlers
        assert page.loads == tame.loads
        assert all(address.startswith("/") for address in page.links)
        page.text.encode()


@pytest.mark.parametrize(
    "name", ["script", "script end", "handler", "quotes", "template", "entity", "right to left"]
)
def test_hostile_text_is_shown_as_it_is(name: str) -> None:
    assert HOSTILE[name] in hostile_pages(HOSTILE[name])[0].texts


def test_white_space_of_a_completion_is_kept() -> None:
    text = "a\n\n    b\tc  "
    assert text in read(render_sample(replace(made_up.sample(), completion=text), LINKS)).texts


def test_what_would_hide_or_reorder_is_made_visible() -> None:
    assert visible("a\x00b\x1b[1m") == "a␀b␛[1m"
    assert visible("\u202egnp.exe") == "⟨U+202E⟩gnp.exe"
    assert visible("\ud800") == "\ufffd"
    assert visible("a\r\nb\tc") == "a\nb\tc"
    assert visible("שלום 👍 é") == "שלום 👍 é"


def test_a_text_beyond_measure_is_cut_and_says_so() -> None:
    assert visible("x" * (LONGEST + 1_234)).endswith("1,234 more characters are not shown")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_export_or_into_another_page(name: str) -> None:
    text = HOSTILE[name]
    paths = [StaticPaths.run(text), StaticPaths.sample(text), StaticPaths.samples(SampleQuery(model=text))]
    for path in paths:
        _, slash, file = path.partition("/")
        assert slash
        assert "/" not in file
        assert len(file) < 120
        assert not file.startswith(".")
        assert file.isascii()
    assert (
        len({*paths, *(StaticPaths.run(other) for other in HOSTILE.values() if other != text)})
        == len(HOSTILE) + 2
    )
