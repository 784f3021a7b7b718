"""Whether a recipe's numbers fit each other: what is refused before anything is spent.

Not covered: what a single value says of itself, which is its section's, and what the machine has.
"""

from collections.abc import Iterator

from harness.config import RunConfig


def faults(config: RunConfig) -> Iterator[str]:
    """What cannot be in this recipe, one line each, with the keys to change."""
    yield from _batch_faults(config)
    yield from _evaluation_faults(config)
    yield from _stage_faults(config)


def _batch_faults(config: RunConfig) -> Iterator[str]:
    prompts, minibatches = config.rollout.prompts, config.optimizer.minibatches
    if minibatches > prompts:
        yield (
            f"optimizer.minibatches = {minibatches} is more than the groups of a step, "
            f"rollout.prompts = {prompts}: an update without a group is none"
        )
    if not any(each.weight for each in config.data):
        yield "data: every weight is 0, so that there is nothing to draw from"
    ramp, limit = config.rewards.soft_overlong, config.rollout.max_tokens
    if ramp is not None and ramp.buffer > limit:
        yield (
            f"rewards.soft_overlong.buffer = {ramp.buffer} is longer than "
            f"rollout.max_tokens = {limit}, of which it is the end"
        )
    recipe = config.model.warm_start
    if recipe is not None and (recipe.hidden_size % recipe.heads or recipe.heads % recipe.key_value_heads):
        yield "model.warm_start: hidden_size is a multiple of heads, and heads of key_value_heads"


def _evaluation_faults(config: RunConfig) -> Iterator[str]:
    evaluation, validation = config.evaluation, config.reset.validation
    for each in evaluation.sets:
        samples = each.samples or evaluation.samples
        if evaluation.k is not None and evaluation.k > samples:
            yield f"evaluation.k = {evaluation.k} is more than the {samples} samples of {each.name!r}"
    known = [each.name for each in evaluation.sets]
    for name in validation.sets if validation else []:
        if name not in known:
            yield f"reset.validation.sets: no evaluation set {name!r}: have {', '.join(known) or 'none'}"


def _stage_faults(config: RunConfig) -> Iterator[str]:
    names = [each.name for each in config.stages]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"stages: {name!r} is there twice"
    for place, each in enumerate(config.stages):
        ends = each.steps is not None or each.until_reset
        if place + 1 < len(config.stages) and not ends:
            yield f"stages.{place}: give it steps or until_reset, or the stages behind it never begin"
        if place + 1 == len(config.stages) and ends:
            yield f"stages.{place}: the last stage lasts to the run's end; leave steps and until_reset out"
