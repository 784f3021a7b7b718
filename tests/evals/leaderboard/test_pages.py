"""Every page from made-up data: what is missing, what is hostile, what is large."""

import json
import math
from dataclasses import replace

import pytest

from evals.boundary import classify
from evals.leaderboard.board import VALID_FLOOR
from evals.leaderboard.links import ServerLinks
from evals.leaderboard.pages import (
    CONTENT_SECURITY_POLICY,
    render_board,
    render_boundary,
    render_message,
    render_passk,
    render_run,
    render_runs,
    render_sample,
    render_samples,
)
from evals.leaderboard.views import (
    BoardQuery,
    Choice,
    EventView,
    Neighbours,
    RunSummary,
    RunView,
    SamplePage,
    SampleQuery,
    StepView,
)
from rewards.problem import Domain
from tests.evals.leaderboard import made_up
from tests.evals.leaderboard.markup import read

LINKS = ServerLinks()
SUMMARY = RunSummary(id="r1", name="demo", status="running", step=0, steps=10)
MOST_ELEMENTS = 5000


def pages() -> dict[str, str]:
    samples = tuple(made_up.sample(number) for number in range(50))
    run = made_up.run(steps=40)
    return {
        "board": render_board(made_up.reports(), LINKS),
        "passk": render_passk(made_up.reports(), LINKS),
        "boundary": render_boundary(made_up.boundaries(), LINKS),
        "runs": render_runs([run.summary], LINKS),
        "run": render_run(run, LINKS),
        "samples": render_samples(SamplePage(samples=samples, after="50", total=16_384), LINKS),
        "sample": render_sample(samples[0], LINKS, neighbours=Neighbours(next="2")),
        "message": render_message("Not here", "There is no run 'x': see the list of runs.", LINKS),
    }


@pytest.mark.parametrize("name", pages())
def test_a_page_asks_nothing_that_the_policy_forbids(name: str) -> None:
    page = read(pages()[name])
    assert not page.inline_scripts
    assert not page.handlers
    assert all(address.startswith("/static/") for address in page.loads)
    assert "style" not in page.tags
    assert all(address.startswith("/") and not address.startswith("//") for address in page.links)
    assert "script-src 'self'" in CONTENT_SECURITY_POLICY


def test_equal_data_make_equal_pages() -> None:
    assert pages() == pages()


def test_chart_data_are_json_without_nan() -> None:
    run = RunView(
        summary=SUMMARY,
        steps=tuple(
            StepView(step=step, metrics={"entropy": value, "kl_ref": None})
            for step, value in enumerate([0.5, math.nan, math.inf, 0.25])
        ),
    )
    (chart,) = [json.loads(block) for block in read(render_run(run, LINKS)).data]
    assert chart["series"][0]["points"] == [[0.0, 0.5], [1.0, None], [2.0, None], [3.0, 0.25]]


class TestBoard:
    def test_without_reports_it_says_what_to_do(self) -> None:
        assert "harness eval run" in read(render_board([], LINKS)).text

    def test_one_report_makes_one_cell_with_its_interval_and_counts(self) -> None:
        text = read(render_board([made_up.report(domain=Domain.MATH)], LINKS)).text
        assert "pass@1" in text
        assert "±" in text
        assert "16,384/16,384" in text

    def test_continuous_domains_show_the_mean_reward_at_k_1_alone(self) -> None:
        reports = [made_up.report(domain=Domain.CODE)]
        assert "mean reward" in read(render_board(reports, LINKS)).text.split("How to read")[0]
        later = read(render_board(reports, LINKS, BoardQuery(k=8))).text.split("How to read")[0]
        assert "mean reward" not in later

    def test_one_problem_has_a_value_and_no_interval(self) -> None:
        text = read(render_board([made_up.report(problems=1)], LINKS)).text.split("How to read")[0]
        assert "±" not in text

    def test_a_k_beyond_the_samples_is_absent_and_not_one(self) -> None:
        page = read(render_board([made_up.report(n=16)], LINKS, BoardQuery(k=64)))
        assert "–" in page.texts
        assert "100.0" not in page.text

    def test_cells_that_lack_verdicts_are_marked(self) -> None:
        missing = made_up.report(missing=3)
        assert missing.valid_share < VALID_FLOOR
        assert "incomplete" in read(render_board([missing], LINKS)).text.split("How to read")[0]
        assert (
            "incomplete" not in read(render_board([made_up.report(missing=2)], LINKS)).text.split("How to")[0]
        )

    def test_checkpoints_lead_to_their_run_and_other_models_nowhere(self) -> None:
        reports = [made_up.report(model) for model in ("r1@300", "org/model@main", "folder/x@3", "plain")]
        runs = [link for link in read(render_board(reports, LINKS)).links if link.startswith("/runs/")]
        assert runs == ["/runs/r1"]

    def test_a_model_that_was_not_measured_has_an_empty_cell(self) -> None:
        reports = [made_up.report("a@1", "one"), made_up.report("b@1", "two")]
        assert render_board(reports, LINKS).count('<td class="none">') == 2

    def test_groups_stand_in_order_and_other_domains_apart(self) -> None:
        text = read(render_board(made_up.reports(), LINKS)).text
        places = [text.index(title) for title in ("Trained", "Harder", "Unseen", "Other domains")]
        assert places == sorted(places)

    def test_the_later_of_two_reports_counts(self) -> None:
        early, late = made_up.report(shift=-3), made_up.report(shift=3)
        assert render_board([early, late], LINKS) == render_board([late], LINKS)

    def test_versions_of_a_benchmark_are_columns_of_their_own(self) -> None:
        first = made_up.report()
        page = read(render_board([first, replace(first, version="other")], LINKS))
        assert page.text.count("spell-backward") == 2

    def test_sorting_puts_the_best_first_and_the_unmeasured_last(self) -> None:
        reports = [
            made_up.report("low@1", "one", shift=-2),
            made_up.report("none@1", "two"),
            made_up.report("high@1", "one", shift=2),
        ]
        key = f"one@{reports[0].version}"
        falling = read(render_board(reports, LINKS, BoardQuery(sort=key))).text
        rising = read(render_board(reports, LINKS, BoardQuery(sort=key, ascending=True))).text
        assert falling.index("high") < falling.index("low") < falling.index("none")
        assert rising.index("low") < rising.index("high") < rising.index("none")

    def test_an_unknown_sort_key_keeps_the_given_order(self) -> None:
        assert "demo" in read(render_board(made_up.reports(), LINKS, BoardQuery(sort="no such"))).text

    def test_two_hundred_models_by_twenty_benchmarks_stay_light(self) -> None:
        reports = [
            made_up.report(f"m{model}@1", f"b{number}", problems=4, n=8)
            for model in range(200)
            for number in range(20)
        ]
        html = render_board(reports, LINKS, BoardQuery(page=4))
        assert read(html).elements < MOST_ELEMENTS
        assert "page 4 of 4, 200 models" in read(html).text


class TestCurves:
    def test_without_reports_it_says_what_to_do(self) -> None:
        assert "harness eval run" in read(render_passk([], LINKS)).text

    def test_points_are_powers_of_two_with_a_band(self) -> None:
        (chart,) = [json.loads(block) for block in read(render_passk([made_up.report()], LINKS)).data]
        assert [point[0] for point in chart["series"][0]["points"]] == [1, 2, 4, 8, 16, 32, 64, 128]
        assert len(chart["series"][0]["low"]) == 8
        assert chart["log2"] is True

    def test_a_report_without_verdicts_is_listed_and_not_drawn(self) -> None:
        page = read(render_passk([made_up.report(missing=256)], LINKS))
        assert not page.data
        assert "none has enough judged samples" in page.text

    def test_many_models_are_cut_and_the_page_says_so(self) -> None:
        reports = [made_up.report(f"m{number}@1", problems=4, n=8) for number in range(11)]
        page = read(render_passk(reports, LINKS))
        assert "3 older ones are left out" in page.text
        assert len(json.loads(page.data[0])["series"]) == 8


class TestBoundary:
    def test_without_boundaries_it_says_what_to_do(self) -> None:
        assert "harness boundary" in read(render_boundary([], LINKS)).text

    def test_without_a_mid_checkpoint_its_columns_are_empty(self) -> None:
        base, final = made_up.report("r@0"), made_up.report("r@9", shift=2)
        page = read(render_boundary([classify(base, None, final)], LINKS))
        assert "no mid checkpoint" in page.text
        assert page.texts.count("–") >= 3

    def test_gained_problems_are_named(self) -> None:
        boundary = next(each for each in made_up.boundaries() if each.gained)
        assert boundary.gained[0][:12] in read(render_boundary([boundary], LINKS)).texts

    def test_long_lists_of_problems_are_cut(self) -> None:
        boundary = replace(made_up.boundaries()[0], gained=tuple(f"p{number}" for number in range(20_000)))
        page = read(render_boundary([boundary], LINKS))
        assert "and 19950 more" in page.text
        assert page.elements < MOST_ELEMENTS


class TestRuns:
    def test_without_runs_it_says_what_to_do(self) -> None:
        assert "harness train" in read(render_runs([], LINKS)).text

    def test_a_run_without_steps_says_so(self) -> None:
        page = read(render_run(RunView(summary=SUMMARY), LINKS))
        assert "No step has been done yet" in page.text
        assert not page.loads[2:]

    def test_events_are_marked_on_the_curves_and_told_in_a_table(self) -> None:
        page = read(render_run(made_up.run(), LINKS))
        markers = json.loads(page.data[0])["markers"]
        assert {(mark["x"], mark["kind"]) for mark in markers} == {
            (0, "evaluation"),
            (150, "reset"),
            (200, "evaluation"),
            (300, "reset"),
            (400, "evaluation"),
        }
        assert "0.06123" in page.text

    def test_unknown_metrics_get_charts_of_their_own(self) -> None:
        step = StepView(step=1, metrics={"my_metric": 1.0, "reward/a": 0.5, "reward/b": 0.25})
        charts = [
            json.loads(block)
            for block in read(render_run(RunView(summary=SUMMARY, steps=(step,)), LINKS)).data
        ]
        assert [chart["title"] for chart in charts] == ["Reward by source", "my_metric"]

    def test_the_axis_of_rewards_is_that_of_shares_unless_lengths_shape_them_beyond(self) -> None:
        for least, whole in ((0.0, True), (-0.1, False)):
            step = StepView(step=1, metrics={"reward_mean": 0.5, "reward_p10": least, "reward_p90": 1.0})
            page = read(render_run(RunView(summary=SUMMARY, steps=(step,)), LINKS))
            assert json.loads(page.data[0])["whole"] is whole

    def test_a_long_run_is_thinned_and_keeps_its_spikes(self) -> None:
        steps = tuple(
            StepView(step=step, metrics={"grad_norm": 99.0 if step == 7_777 else 1.0})
            for step in range(20_000)
        )
        events = tuple(EventView(step=step, kind="checkpoint") for step in range(1_000))
        page = read(render_run(RunView(summary=SUMMARY, steps=steps, events=events), LINKS))
        points = json.loads(page.data[0])["series"][0]["points"]
        assert len(points) <= 600
        assert [7_777, 99] in points
        assert "of 20000 points" in page.text
        assert page.elements < MOST_ELEMENTS

    def test_the_recipe_is_shown_by_the_names_that_set_takes(self) -> None:
        text = read(render_run(made_up.run(steps=1), LINKS)).text
        assert "data.0.options.task" in text
        assert "loss.kl_coefficient" in text
        assert "0.0001" in text


class TestSamples:
    def test_filters_are_links_that_keep_the_others_and_go_back_to_the_start(self) -> None:
        page = SamplePage(
            samples=(made_up.sample(),),
            query=SampleQuery(run="r1", status="correct", after="200"),
            after="250",
            choices={"status": (Choice(value="correct", count=3), Choice(value="partial"))},
        )
        links = read(render_samples(page, LINKS)).links
        assert "/samples?run=r1&status=partial" in links
        assert "/samples?run=r1" in links
        assert "/samples?run=r1&status=correct&after=250" in links
        assert "/samples?run=r1&status=correct" in links
        assert "/samples/1?run=r1&status=correct&after=200" in links

    def test_an_empty_list_says_so(self) -> None:
        empty = SamplePage(samples=(), query=SampleQuery(status="unsafe"), total=0)
        assert "No sample passes these filters" in read(render_samples(empty, LINKS)).text

    def test_neighbours_keep_the_filters(self) -> None:
        beside = Neighbours(previous="1", next="3", query=SampleQuery(status="partial"))
        links = read(render_sample(made_up.sample(1), LINKS, neighbours=beside)).links
        assert {"/samples/1?status=partial", "/samples/3?status=partial", "/samples?status=partial"} <= {
            *links
        }

    def test_what_is_not_known_is_absent_and_not_none(self) -> None:
        bare = replace(made_up.sample(), verdicts=(), reward=None, tokens=None, reference=None, completion="")
        text = read(render_sample(bare, LINKS)).text
        assert "Not graded" in text
        assert "Not shown here" in text
        assert "the model ended at once" in text
        assert "None" not in text

    def test_our_own_failures_show_no_reward(self) -> None:
        failed = next(
            made_up.sample(n) for n in range(20) if made_up.sample(n).verdicts[0].status == "infra_error"
        )
        page = read(render_sample(failed, LINKS))
        assert "infra error" in page.texts
        assert "worker ended: exit code 137" in page.texts
