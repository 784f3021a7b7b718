"""Our grader as a reward function of TRL's GRPO and RLOO trainers.

    from trl import GRPOTrainer
    trainer = GRPOTrainer(model, reward_funcs=reward_function(LocalGrader()), train_dataset=dataset, ...)

The data set has a column `verifier` and a column `reference`. References of several verifiers do
not fit one Arrow struct (it fills in every missing key with None), so give them as JSON text.

TRL imports nothing of ours and we import nothing of TRL. Not covered: its asynchronous trainer,
which pickles the function, and environments.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.errors import ConfigError
from rewards.grader import Grader, grade_rows

RewardFunction = Callable[..., list[float | None]]
"""Called as TRL does, with `prompts`, `completions`, `completion_ids` and the data set's columns."""


def reward_function(grader: Grader) -> RewardFunction:
    """A reward function that asks `grader`, once for each batch.

    Rewards are the verdicts' own, in [0, 1]. An answer that was not judged gets None: TRL from 1.6
    keeps it out of its group's baseline and gives it no advantage; earlier ones count it as 0.
    """

    def verified_reward(
        completions: Sequence[str | Sequence[Mapping[str, Any]]],
        verifier: Sequence[str] | None = None,
        reference: Sequence[Any] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **_unused: Any,
    ) -> list[float | None]:
        """The rewards of one batch, in order.

        Raises:
            ConfigError: the data set lacks a column.
            GradingError: the grader cannot be reached; the step cannot go on.
        """
        if verifier is None or reference is None:
            raise ConfigError("the data set needs the columns 'verifier' and 'reference' (JSON text)")
        rows = [
            {"verifier": name, "response": _text(completion), "reference": _reference(value)}
            for completion, name, value in zip(completions, verifier, reference, strict=True)
        ]
        rewards = [row["reward"] for row in grade_rows(grader, rows)]
        if log_metric is not None and rewards:
            log_metric("unjudged_share", rewards.count(None) / len(rewards))
        return rewards

    return verified_reward


def _text(completion: str | Sequence[Mapping[str, Any]]) -> str:
    """The model's words, from either of TRL's two forms: plain text or a list of messages."""
    if isinstance(completion, str):
        return completion
    return "".join(
        str(message.get("content") or "") for message in completion if message["role"] == "assistant"
    )


def _reference(value: Any) -> Any:
    """The reference as an object; text that is no JSON is left for the grader to refuse by row."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
