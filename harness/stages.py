"""A recipe cut into its stages: each a whole recipe of its own, the run's with what the stage sets.

A stage says what differs from the recipe, not from the stage before, so that each can be read alone.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.config import RunConfig
from harness.errors import ConfigError
from harness.soundness import faults

CHANGEABLE: Final = (
    *("rollout.n", "rollout.max_tokens", "rollout.temperature"),
    "data.N.weight",
    *("rewards.thresholds", "rewards.truncated_factor", "rewards.mask_truncated"),
    *("rewards.soft_overlong", "rewards.cosine_length"),
    *("reset.every", "reset.distance", "reset.optimizer", "reset.reference"),
    *("reset.kl_spike", "reset.plateau", "reset.degradation"),
)
"""What a stage may set, with what lies below; N is a source's place, from 0. What is measured for
resets stays: scores of different sets or steps cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """One stage, ready to train by."""

    name: str
    """Empty in a run without stages, which is one."""
    steps: int | None
    """At most; None to the run's end."""
    until_reset: bool
    reset: bool
    """Whether it begins with one."""
    changes: Mapping[str, Any]
    """What the stage sets, by dotted name."""
    config: RunConfig
    """The recipe as it stands in this stage."""


def plan_stages(config: RunConfig) -> tuple[StagePlan, ...]:
    """The recipe's stages in order, at least one.

    Raises:
        ConfigError: a stage sets what no stage may, or numbers that cannot fit each other.
        ValidationError: what it sets is no key or value of a recipe, or does not fit the rest.
    """
    _refuse(faults(config), "")
    if not config.stages:
        return (StagePlan(name="", steps=None, until_reset=False, reset=False, changes={}, config=config),)
    tree = config.model_dump(mode="json") | {"stages": []}
    plans = []
    for place, stage in enumerate(config.stages):
        where, changes = f"stages.{place}.set", dict(leaves(stage.set)) if stage.set else {}
        changed = RunConfig.model_validate(_changed(tree, changes, place=where))
        _refuse(faults(changed), f"{where}: ")
        plans.append(
            StagePlan(
                name=stage.name,
                steps=stage.steps,
                until_reset=stage.until_reset,
                reset=stage.reset and place > 0,
                changes=changes,
                config=changed,
            )
        )
    return tuple(plans)


def leaves(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of nested tables and lists of tables, by dotted name."""
    children: Iterator[tuple[Any, Any]] | None = None
    if isinstance(tree, dict) and tree:
        children = iter(tree.items())
    elif isinstance(tree, list) and tree and all(isinstance(each, dict) for each in tree):
        children = iter(enumerate(tree))
    if children is None:
        yield prefix, tree
        return
    for key, value in children:
        yield from leaves(value, f"{prefix}.{key}" if prefix else str(key))


def _refuse(found: Iterator[str], place: str) -> None:
    lines = [f"{place}{fault}" for fault in found]
    if lines:
        raise ConfigError("\n  ".join(lines))


def _changed(tree: Mapping[str, Any], changes: Mapping[str, Any], *, place: str) -> dict[str, Any]:
    changed = copy.deepcopy(dict(tree))
    for name, value in changes.items():
        pattern = re.sub(r"\.\d+\.", ".N.", name)
        if not any(pattern == known or pattern.startswith(f"{known}.") for known in CHANGEABLE):
            raise ConfigError(
                f"{place}: {name} cannot change within a run; a stage may set {', '.join(CHANGEABLE)}"
            )
        node: Any = changed
        for key in name.split(".")[:-1]:
            node = _inner(node, key, f"{place}.{name}")
        node[name.rpartition(".")[2]] = value
    return changed


def _inner(node: Any, key: str, place: str) -> Any:
    if isinstance(node, list):
        if int(key) >= len(node):
            raise ConfigError(f"{place}: {key!r} is not a place in a list of {len(node)}")
        return node[int(key)]
    if node.get(key) is None:
        # A section that the recipe leaves out and the stage brings.
        node[key] = {}
    return node[key]
