"""The page as the hub serves it, from a store with one run and one evaluated model."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from db.store import Store, open_store
from evals.benchmark import Benchmark, content_version
from evals.report import Report, tally
from evals.rollout import Rollout
from evals.sampler import Completion, Sampling
from harness.hub.dispatch import InlineDispatch
from harness.hub.gallery import PAGE_ROWS, Gallery
from rewards.grader import LocalGrader
from rewards.problem import Domain, Problem
from rewards.verdict import Outcome, Verdict
from tests.hub.conftest import serving

PROBLEMS = [
    Problem(
        domain=Domain.LOGIC,
        prompt=f"Spell number {number} backward",
        verifier="scripted",
        reference={"answer": "x"},
        source="scripted:spell",
    )
    for number in range(3)
]
SAMPLING = Sampling(n=4)
RUN = "demo-1a2b3c4d"


def rollout(problem: Problem, index: int, text: str = "<script>alert(1)</script>") -> Rollout:
    verdict = Verdict(
        status=Outcome.CORRECT if index % 2 else Outcome.INCORRECT,
        reward=float(index % 2),
        verifier="scripted",
        version="1",
    )
    return Rollout(
        problem=problem,
        index=index,
        completion=Completion(text=text, token_ids=(1, 2, 3)),
        verdict=verdict,
        reward=verdict.reward,
    )


def measure(store: Store, step: int) -> None:
    benchmark = Benchmark(name="spelling", source="scripted", count=len(PROBLEMS), seed=1)
    version = content_version(PROBLEMS)
    model = f"{RUN}@{step}"
    state = store.begin_evaluation(
        model=model, run_id=RUN, step=step, benchmark=benchmark, version=version, sampling=SAMPLING
    )
    rollouts = {each.id: [rollout(each, index) for index in range(SAMPLING.n)] for each in PROBLEMS}
    store.keep_evaluation_rollouts(state.id, [each for group in rollouts.values() for each in group])
    store.finish_evaluation(
        state.id,
        Report(
            benchmark=benchmark.name,
            version=version,
            domain=Domain.LOGIC,
            relation=benchmark.relation,
            model=model,
            sampling=SAMPLING,
            tallies=tuple(tally(each.id, "", SAMPLING.n, rollouts[each.id]) for each in PROBLEMS),
            verifier="scripted@1",
        ),
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("kept")
    with open_store(f"sqlite:///{home / 'harness.db'}") as store:
        store.create_run(
            id=RUN, name="demo", fingerprint="f", recipe={"steps": 2}, base_model="base", planned_steps=2
        )
        for step in (1, 2):
            store.keep_step(
                run_id=RUN,
                step=step,
                metrics={"reward_mean": 0.25 * step},
                timings={"sample": 1.0},
                kept=[rollout(PROBLEMS[0], index) for index in range(PAGE_ROWS)],
                dropped=[rollout(PROBLEMS[1], 0)],
            )
        store.keep_event(RUN, 1, "reset", {"optimizer": True})
        measure(store, 0)
        measure(store, 2)
        yield store


@pytest.fixture(scope="module")
def page(kept: Store) -> Iterator[httpx.Client]:
    dispatch = InlineDispatch(LocalGrader(), kept)
    with serving(dispatch, kept) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client
    dispatch.close()


def text_of(page: httpx.Client, address: str, status: int = 200) -> str:
    answer = page.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", "spelling"),
        ("/?k=2&sort=spelling&order=ascending", "spelling"),
        ("/passk", "spelling"),
        ("/boundary", "spelling"),
        ("/runs", RUN),
        (f"/runs/{RUN}", "reset"),
        ("/samples", "Spell number 0 backward"),
        (f"/samples?run={RUN}&step=2&status=incorrect", "Spell number 1 backward"),
        (f"/samples?model={RUN}%402&benchmark=spelling", "Spell number 2 backward"),
    ],
)
def test_each_page_shows_what_is_kept(page: httpx.Client, address: str, words: str) -> None:
    assert words in text_of(page, address)


def test_what_a_model_wrote_is_shown_and_never_run(page: httpx.Client) -> None:
    address = re.search(r'href="(/samples/\d+[^"]*)"', text_of(page, f"/samples?run={RUN}"))
    assert address is not None
    text = text_of(page, address[1].replace("&amp;", "&"))
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text


def test_a_long_list_goes_on_where_the_page_before_ended(kept: Store, page: httpx.Client) -> None:
    text = text_of(page, f"/samples?run={RUN}")
    following = re.search(r'href="(/samples\?[^"]*after=\d+[^"]*)"', text)
    assert following is not None
    seen = re.findall(r"/samples/(\d+)", text) + re.findall(
        r"/samples/(\d+)", text_of(page, following[1].replace("&amp;", "&"))
    )
    assert len(set(seen)) == 2 * PAGE_ROWS


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/runs/nobody", 404, "nobody"),
        ("/samples/999999999", 404, "999999999"),
        ("/samples/nothing", 404, "is a number"),
        ("/samples/99999999999999999999999", 404, "is a number"),
        ("/samples?run=nobody", 404, "nobody"),
        (f"/samples?run={RUN}&after=x", 404, "is a number"),
        ("/samples?model=nobody&benchmark=spelling", 404, "was not measured"),
        ("/samples?model=nobody", 400, "by benchmark"),
        ("/samples?problem=abc", 400, "by problem"),
        (f"/samples?run={RUN}&status=fine", 400, "no status"),
    ],
)
def test_what_is_not_there_is_said_in_words(
    page: httpx.Client, address: str, status: int, words: str
) -> None:
    assert words in text_of(page, address, status)


def test_the_files_that_a_page_loads_are_all_served_here(page: httpx.Client) -> None:
    text = text_of(page, "/passk")
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    assert files
    assert all(page.get(file).status_code == 200 for file in files)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert page.get("/static/../pyproject.toml").status_code == 404


def test_an_empty_store_has_pages_too(tmp_path: Path) -> None:
    with (
        open_store(f"sqlite:///{tmp_path / 'harness.db'}") as store,
        serving(InlineDispatch(LocalGrader(), store), store) as url,
        httpx.Client(base_url=url) as client,
    ):
        for address in ("/", "/passk", "/boundary", "/runs", "/samples"):
            text_of(client, address)


def test_the_run_in_the_gallery_is_the_run_in_the_store(kept: Store) -> None:
    view = Gallery(kept).run(RUN)
    assert [step.step for step in view.steps] == [1, 2]
    assert view.summary.reward_mean == 0.5
    assert (view.summary.step, view.summary.steps, view.summary.status) == (2, 2, "running")
    assert view.outcomes["logic"] == {"correct": PAGE_ROWS, "incorrect": PAGE_ROWS + 2}
