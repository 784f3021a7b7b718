"""Code: the code rows of Eurus-2-RL, 25k of its 480k, from APPS, CodeContests, TACO and Codeforces.

ProRL (arXiv 2505.24864, appendix E.2) trains on 24k of them, continuous: the share of all tests
passed, within 5 s for all together, which is the `code` verifier's own limit. Upstream publishes no
solutions, so a row is proved by its tests alone: they parse, and a program that does nothing earns 0.

Not covered: the mathematics rows, which are another data set's.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from evals.dataset import Canary, Candidate, Card, Column
from evals.errors import EvalError
from rewards.errors import BadReference, GradingError
from rewards.problem import Domain
from rewards.programs.published import reference_of

_JUNK: Final = {"no program": "I do not know.", "a program that does nothing": "```python\npass\n```"}


class Eurus2Code:
    """`data_source`, `prompt` (messages), `ability`, `reward_model.ground_truth` (tests as JSON).

    The user's message upstream already says how the program is to be presented; the system message,
    which teaches Eurus's own way of acting, is left out as in ProRL.
    """

    card = Card(
        name="eurus-2-code",
        hub="PRIME-RL/Eurus-2-RL-Data",
        revision="9776b13264b5aaa0b16495fcf086a0a8d86fd655",
        files=("train.parquet",),
        rows=480_000,
        columns={
            "data_source": Column(kind="text"),
            "prompt": Column(kind="list"),
            "ability": Column(kind="text"),
            "reward_model": Column(kind="object"),
            "extra_info": Column(kind="object", required=False),
        },
        licence="MIT",
        domain=Domain.CODE,
        verifier="code",
        reward="continuous",
        canary=Canary(
            response="```python\nprint(int(input()) + 1)\n```",
            reference={"tests": [{"stdin": "1\n", "stdout": "2\n"}]},
        ),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """Rows whose `ability` is `code` are taken.

        Raises:
            EvalError: the row has no question, or no tests that can be read.
        """
        if row["ability"] != "code":
            return None
        asked = [each for each in row["prompt"] if isinstance(each, Mapping) and each.get("role") == "user"]
        if len(asked) != 1 or not isinstance(asked[0].get("content"), str):
            raise EvalError("column 'prompt' has not exactly one message of the user's")
        try:
            cases = json.loads(row["reward_model"].get("ground_truth"))
            reference = reference_of({"format": "apps", "row": {"input_output": cases}})
        except (TypeError, ValueError, RecursionError) as error:
            raise EvalError(f"'reward_model.ground_truth' is not JSON: {error}") from error
        except (BadReference, GradingError) as error:
            raise EvalError(f"'reward_model.ground_truth': {error}") from error
        return Candidate(
            question=asked[0]["content"].strip(), reference=reference, level=row["data_source"], junk=_JUNK
        )
