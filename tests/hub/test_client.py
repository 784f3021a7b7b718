"""The grader that asks a hub."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from harness.hub.client import BATCH_BYTES, BATCH_ROWS, RemoteGrader
from rewards.errors import GradingError
from rewards.grader import LocalGrader
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict


def submission(response: str = "4", **reference: Any) -> Submission:
    return Submission(id="", verifier="scripted", response=response, reference=reference or {"answer": "4"})


def untimed(verdicts: list[Verdict]) -> list[Verdict]:
    return [replace(verdict, wall_ms=0.0) for verdict in verdicts]


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[str]:
    """A server that gives these answers, in turn."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = left.pop(0)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
    assert not left, "fewer requests came than were expected"


def test_verdicts_are_those_of_a_grader_in_this_process(hub: str) -> None:
    submissions = [
        submission(),
        submission("5"),
        submission("", reward=1),
        submission("half \ud800 of a pair \0", reward=0.25),
        submission(fail="broken"),
        submission(reward="no number"),
        replace(submission(), verifier="nobody"),
    ]
    with RemoteGrader(hub) as remote, LocalGrader() as local:
        assert untimed(remote.grade(submissions)) == untimed(local.grade(submissions))
    remote.close()


def test_many_rows_go_in_several_requests_and_come_back_in_order(hub: str) -> None:
    submissions = [submission(str(number), reward=1) for number in range(3 * BATCH_ROWS + 5)]
    with RemoteGrader(hub) as grader:
        verdicts = grader.grade(submissions)
    assert [verdict.extracted for verdict in verdicts] == [each.response for each in submissions]


def test_long_rows_go_in_requests_of_bounded_size(hub: str) -> None:
    submissions = [submission("x" * (BATCH_BYTES // 2), reward=1) for _ in range(3)]
    with RemoteGrader(hub) as grader:
        assert [verdict.reward for verdict in grader.grade(submissions)] == [1, 1, 1]


def test_a_reference_that_is_not_json_costs_its_own_row_only(hub: str) -> None:
    with RemoteGrader(hub) as grader:
        bad, good = grader.grade([submission(answer=float("nan")), submission()])
    assert bad.status is Outcome.INVALID_ROW
    assert good.reward == 1


def test_nothing_is_asked_of_the_hub_for_nothing() -> None:
    with answering() as url, RemoteGrader(url) as grader:
        assert grader.grade([]) == []


ANSWER = {
    "rows": [
        {
            "id": "",
            "reward": 1.0,
            "status": "correct",
            "extracted": "4",
            "detail": None,
            "verifier": {"name": "scripted", "version": "1"},
            "wall_ms": 0,
        }
    ]
}
BUSY = (503, {"detail": "no worker answers"})


def test_a_hub_that_is_starting_is_asked_again() -> None:
    with answering(BUSY, BUSY, (200, ANSWER)) as url, RemoteGrader(url) as grader:
        (verdict,) = grader.grade([submission()])
    assert verdict.reward == 1


def test_a_hub_that_stays_unable_is_told_of_with_its_reason() -> None:
    said = pytest.raises(GradingError, match=r"503, no worker answers.*/readyz")
    with answering(BUSY, BUSY) as url, RemoteGrader(url, retries=1) as grader, said:
        grader.grade([submission()])


def test_a_hub_that_is_not_there_is_told_of_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = pytest.raises(GradingError, match=rf"127.0.0.1:{port} cannot grade.*`harness serve` starts one")
    with RemoteGrader(f"http://127.0.0.1:{port}", retries=1) as grader, said:
        grader.grade([submission()])


@pytest.mark.parametrize(
    "answer", [{"rows": []}, {"rows": [{}]}, {"rows": 3}, [], {"rows": [{"status": "no such"}]}]
)
def test_an_answer_that_is_no_hubs_is_told_of(answer: Any) -> None:
    with (
        answering((200, answer)) as url,
        pytest.raises(GradingError, match=r"is not this harness's hub|0 rows"),
    ):
        RemoteGrader(url).grade([submission()])


def test_a_refusal_is_not_asked_again() -> None:
    refusal = (422, {"detail": "no list of rows"})
    said = pytest.raises(GradingError, match="refused: 422, no list of rows")
    with answering(refusal) as url, RemoteGrader(url) as grader, said:
        grader.grade([submission()])


def test_a_row_too_large_for_the_hub_says_nothing_of_its_answer() -> None:
    with answering((413, {"detail": "too large"})) as url, RemoteGrader(url) as grader:
        (verdict,) = grader.grade([submission()])
    assert verdict.status is Outcome.INFRA_ERROR
    assert verdict.reward is None


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://hub", "http://", "hub"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(GradingError, match="a hub's address"):
        RemoteGrader(url)
