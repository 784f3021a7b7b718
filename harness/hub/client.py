"""A grader that asks a hub: the same verdicts as `LocalGrader`, made elsewhere.

Where the hub is away it is asked again with growing pauses, for a while or for as long as it takes.

Not covered: several hubs; put a load balancer in front of them.
"""

import itertools
import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Self

import httpx

from rewards.errors import GradingError
from rewards.submission import Submission, invalid, verdict_from_row
from rewards.verdict import Outcome, Verdict

BATCH_ROWS: Final = 512
BATCH_BYTES: Final = 8 * 1024 * 1024
REQUESTS_IN_FLIGHT: Final = 4
CONNECT_SECONDS: Final = 10.0
FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 8.0
WORTH_ANOTHER_TRY: Final = frozenset({429, 502, 503, 504})


class RemoteGrader:
    """Grades through the hub at `url`, a few batches at a time."""

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float = 900.0,
        retries: int | None = 5,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Say where the hub is; nothing is sent yet.

        Args:
            url: such as `http://127.0.0.1:8000`.
            timeout_seconds: how long one batch may take; more than the hub's own deadline.
            retries: further tries where the hub cannot be reached or says 503, with growing pauses; None
                for as many as it takes, until `close` is called from another thread.
            say: told once that the hub is away and why, and once that it is back.

        Raises:
            GradingError: `url` is no HTTP address.
        """
        self._retries = retries
        self._say = say
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._away = False
        timeout = httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS)
        try:
            self._url = httpx.URL(url)
            self._http = httpx.Client(base_url=self._url, timeout=timeout)
        except (httpx.InvalidURL, TypeError) as error:
            raise GradingError(f"a hub's address is a URL, not {url!r}: {error}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise GradingError(f"a hub's address starts with http:// or https://, not {url!r}")

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        """See `Grader`."""
        texts = [_row_text(submission) for submission in submissions]
        verdicts = {place: text for place, text in enumerate(texts) if isinstance(text, Verdict)}
        rows = [(place, text) for place, text in enumerate(texts) if isinstance(text, str)]
        batches = list(_batches(rows))
        with ThreadPoolExecutor(REQUESTS_IN_FLIGHT) as threads:
            for batch, graded in zip(batches, threads.map(self._grade_batch, batches), strict=True):
                verdicts.update(zip((place for place, _ in batch), graded, strict=True))
        return [verdicts[place] for place in range(len(submissions))]

    def close(self) -> None:
        """See `Grader`. Whoever waits for the hub gets a `GradingError`."""
        self._closed.set()
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _grade_batch(self, batch: Sequence[tuple[int, str]]) -> list[Verdict]:
        body = f'{{"rows": [{", ".join(text for _, text in batch)}]}}'
        answer = self._post("/v1/grade:batch", body.encode("ascii"))
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            # Batches are kept well below the limit, so this is one row that is larger by itself.
            return [_too_large(answer)] * len(batch)
        if answer.status_code != httpx.codes.OK:
            raise GradingError(f"the hub at {self._url} refused: {_reason(answer)}")
        try:
            verdicts = [verdict_from_row(row) for row in answer.json()["rows"]]
        except (ValueError, KeyError, TypeError) as error:
            raise GradingError(f"what answers at {self._url} is not this harness's hub: {error!r}") from error
        if len(verdicts) != len(batch):
            raise GradingError(f"the hub at {self._url} gave {len(verdicts)} rows for {len(batch)}")
        return verdicts

    def _post(self, path: str, body: bytes) -> httpx.Response:
        """The hub's answer, after as many tries as it takes and `retries` allows."""
        headers = {"Content-Type": "application/json"}
        trouble = ""
        for tried in itertools.count():
            if self._closed.is_set():
                raise GradingError(f"the hub at {self._url} is not waited for any more: {trouble}")
            try:
                answer = self._http.post(path, content=body, headers=headers)
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            else:
                if answer.status_code not in WORTH_ANOTHER_TRY:
                    self._tell(away=False)
                    return answer
                trouble = _reason(answer)
            if tried == self._retries:
                break
            self._tell(away=True, trouble=trouble)
            pause = min(FIRST_PAUSE_SECONDS * 2 ** min(tried, 10), LONGEST_PAUSE_SECONDS)
            self._closed.wait(pause * random.uniform(0.75, 1.25))
        raise GradingError(
            f"the hub at {self._url} cannot grade after {tried + 1} tries: {trouble}; is it running? "
            "`harness serve` starts one, and GET /readyz tells what it lacks"
        )

    def _tell(self, *, away: bool, trouble: str = "") -> None:
        """Say that the hub is away or back, once for all requests under way."""
        with self._lock:
            if away == self._away:
                return
            self._away = away
        if away:
            self._say(f"the hub at {self._url} is away ({trouble}); asking again")
        else:
            self._say(f"the hub at {self._url} is back")


def _row_text(submission: Submission) -> str | Verdict:
    row = {
        "id": submission.id,
        "verifier": submission.verifier,
        "response": submission.response,
        "reference": submission.reference,
    }
    try:
        return json.dumps(row, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return invalid(f"the reference cannot be written as JSON: {error}")


def _batches(rows: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    batch: list[tuple[int, str]] = []
    size_bytes = 0
    for row in rows:
        if batch and (len(batch) == BATCH_ROWS or size_bytes + len(row[1]) > BATCH_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(row)
        size_bytes += len(row[1])
    if batch:
        yield batch


def _too_large(answer: httpx.Response) -> Verdict:
    return Verdict(
        status=Outcome.INFRA_ERROR, reward=None, detail=f"the hub refused the row: {_reason(answer)}"
    )


def _reason(answer: httpx.Response) -> str:
    """What a problem-details answer says, or else its status."""
    try:
        body: Any = answer.json()
        return f"{answer.status_code}, {body['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.reason_phrase}"
