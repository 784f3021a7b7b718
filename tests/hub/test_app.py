"""The hub over HTTP, grading in its own process."""

import json
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from db.store import Store
from harness.hub.wire import MAX_BODY_BYTES, MAX_ROWS
from rewards.errors import GradingError
from rewards.submission import Submission
from rewards.verdict import Verdict
from tests.hub.conftest import serving

Row = dict[str, Any]


def row(response: str = "4", **reference: Any) -> Row:
    return {
        "id": "a",
        "verifier": "scripted",
        "response": response,
        "reference": reference or {"answer": "4"},
    }


def grade(http: httpx.Client, rows: list[Any]) -> list[Row]:
    answer = http.post("/v1/grade:batch", content=json.dumps({"rows": rows}))
    assert answer.status_code == 200
    graded: list[Row] = answer.json()["rows"]
    return graded


def problem_of(answer: httpx.Response) -> Mapping[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Mapping[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    return problem


def test_one_row_in_gives_one_row_out(http: httpx.Client) -> None:
    out = http.post("/v1/grade", json=row()).json()
    assert out.pop("wall_ms") >= 0
    assert out == {
        "id": "a",
        "reward": 1.0,
        "status": "correct",
        "extracted": "4",
        "detail": None,
        "verifier": {"name": "scripted", "version": "1"},
    }


def test_a_batch_keeps_the_order_and_answers_every_row(http: httpx.Client) -> None:
    rows: list[Any] = [row("4") | {"id": str(number)} for number in range(20)]
    rows[3] = "no object"
    rows[7] = {"id": "broken", "verifier": "scripted"}
    rows[11] = row() | {"reference": "no object"}
    graded = grade(http, rows)
    assert [out["id"] for out in graded] == [
        *("0", "1", "2", "3", "4", "5", "6", "broken", "8", "9", "10", "a"),
        *(str(number) for number in range(12, 20)),
    ]
    assert {place for place, out in enumerate(graded) if out["status"] == "invalid_row"} == {3, 7, 11}
    assert all(graded[place]["reward"] is None and graded[place]["detail"] for place in (3, 7, 11))
    assert all(out["reward"] == 1 for place, out in enumerate(graded) if place not in (3, 7, 11))


def test_an_empty_batch_is_no_mistake(http: httpx.Client) -> None:
    assert grade(http, []) == []


def test_a_request_cannot_name_a_module(http: httpx.Client) -> None:
    assert "antigravity" not in sys.modules
    (out,) = grade(http, [row() | {"verifier": "antigravity:fly"}])
    assert out["status"] == "infra_error"
    assert out["detail"].startswith("no verifier 'antigravity:fly': have code")
    assert "antigravity" not in sys.modules


def test_our_own_failure_has_no_reward(http: httpx.Client) -> None:
    failed, fine = grade(http, [row(fail="the verifier broke"), row()])
    assert (failed["status"], failed["reward"]) == ("infra_error", None)
    assert "the verifier broke" in failed["detail"]
    assert fine["reward"] == 1


def test_text_that_utf_8_cannot_carry_comes_back_as_it_went(http: httpx.Client) -> None:
    (out,) = grade(http, [row("half \ud800 and nul \0 end", reward=0.5)])
    assert out["extracted"] == "half \ud800 and nul \0 end"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"rows": [1,, 2]}', "line 1, column 13"),
        (b"", "line 1, column 1"),
        (b'{"rows": ["\xff"]}', "not UTF-8 at byte 11"),
        (b'{"rows": [NaN]}', "NaN is no JSON number"),
        (b'{"rows": [' + b"9" * 5000 + b"]}", "digits"),
        (b"[" * 100_000, "nested deeper than 200"),
        (b"[" * 300 + b"]" * 300, "nested deeper than 200"),
    ],
    ids=["syntax", "empty", "encoding", "nan", "digits", "abyss", "depth"],
)
def test_a_body_that_is_not_json_is_refused_with_the_reason(
    http: httpx.Client, body: bytes, words: str
) -> None:
    for path in ("/v1/grade", "/v1/grade:batch"):
        answer = http.post(path, content=body)
        assert answer.status_code == 400
        assert words in problem_of(answer)["detail"]


@pytest.mark.parametrize("body", ["[]", "{}", '{"rows": {}}', "null"])
def test_a_batch_without_a_list_of_rows_is_refused(http: httpx.Client, body: str) -> None:
    answer = http.post("/v1/grade:batch", content=body)
    assert answer.status_code == 422
    assert '{"rows": [ROW, ...]}' in problem_of(answer)["detail"]


def test_too_many_rows_are_refused_and_the_most_are_taken(http: httpx.Client) -> None:
    answer = http.post("/v1/grade:batch", json={"rows": [None] * (MAX_ROWS + 1)})
    assert answer.status_code == 413
    assert f"at most {MAX_ROWS}" in problem_of(answer)["detail"]
    assert len(grade(http, [None] * MAX_ROWS)) == MAX_ROWS


def test_a_body_over_the_limit_is_refused_before_it_is_read(hub: str) -> None:
    host, port = hub.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        length = MAX_BODY_BYTES + 1
        connection.sendall(
            f"POST /v1/grade HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer


def test_an_unknown_path_is_a_problem_too(http: httpx.Client) -> None:
    answer = http.get("/v1/nothing")
    assert answer.status_code == 404
    assert problem_of(answer)["title"] == "Not Found"


def test_health_and_readiness_are_told(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    ready = http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "checks": {"database": "ok", "grading": "ok"}}


def test_verdicts_are_counted_by_verifier_and_status(http: httpx.Client) -> None:
    grade(http, [row(), row("5"), row() | {"verifier": "of_the_callers_own_making"}])
    text = http.get("/metrics").text
    assert 'harness_verdicts_total{status="correct",verifier="scripted"}' in text
    assert 'harness_verdicts_total{status="incorrect",verifier="scripted"}' in text
    assert 'harness_verdicts_total{status="invalid_row",verifier="unknown"}' in text
    assert "of_the_callers_own_making" not in text
    assert "harness_grade_seconds_bucket" in text


class Unable:
    """A dispatch that is not able to grade anything."""

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        raise GradingError("no worker answers")

    def trouble(self) -> str | None:
        return "no worker answers"

    def close(self) -> None:
        pass


def test_a_hub_that_cannot_grade_says_so_and_gives_no_verdict(store: Store) -> None:
    with serving(Unable(), store) as url:
        answer = httpx.post(f"{url}/v1/grade", json=row())
        ready = httpx.get(f"{url}/readyz")
    assert answer.status_code == 503
    assert problem_of(answer)["detail"] == "no worker answers"
    assert answer.headers["retry-after"]
    assert ready.status_code == 503
    assert ready.json()["checks"]["grading"] == "no worker answers"


def test_answers_on_which_engines_disagree_are_queued(http: httpx.Client, store: Store) -> None:
    detail = {"gold": "4", "engines": {"own": True, "other": False}}
    grade(http, [row("four", reward=1, detail=detail), row("vier", reward=1, detail={"gold": "4"})])
    found = [(each.gold, each.answer, each.seen) for each in store.disagreements()]
    assert found == [("4", "four", 1)]
