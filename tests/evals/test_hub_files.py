"""Downloads by the hub's own client, from a hub of ours that speaks what that takes of its protocol."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from evals.dataset import open_dataset

pytestmark = pytest.mark.service

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "c" * 40
ROWS = json.dumps([{"problem": "1+1?", "answer": "2", "solution": ""}]).encode()
LOCATE = """
import json, sys
from evals.dataset import open_dataset
from evals.errors import EvalError
from evals.hub_files import locate
try:
    paths, revision = locate(open_dataset(sys.argv[1]).card, "hub")
except EvalError as error:
    sys.exit(f"refused: {error}")
print(json.dumps([[path.read_text() for path in paths], revision]))
"""


class Hub(BaseHTTPRequestHandler):
    """Has every file at every revision, with the same rows in each."""

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts[0] != "datasets" or parts[3] != "resolve":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(ROWS)))
        self.send_header("ETag", '"tag"')
        self.send_header("X-Repo-Commit", COMMIT if parts[4] == "main" else parts[4])
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(ROWS)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def locate(name: str, folder: Path, endpoint: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HF_HOME": str(folder), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, "-c", LOCATE, name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["deepscaler", "scp-116k"])
def test_files_come_from_the_hub_at_the_pinned_commit_or_say_at_which(
    name: str, hub: str, tmp_path: Path
) -> None:
    done = locate(name, tmp_path, hub)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[ROWS.decode()], open_dataset(name).card.revision or COMMIT]
    away = locate(name, tmp_path, "http://127.0.0.1:9")
    assert away.stdout == done.stdout, "what was downloaded is there without the hub"


def test_a_hub_that_is_away_says_what_to_do(tmp_path: Path) -> None:
    done = locate("deepscaler", tmp_path, "http://127.0.0.1:9")
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .startswith("refused: agentica-org/DeepScaleR-Preview-Dataset cannot be had from the hub")
    )
    assert "--from DIR with deepscaler.json in it" in done.stderr
