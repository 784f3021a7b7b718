"""`harness train --dry-run` and `harness simulate`: what a recipe says, and what it will come to."""

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.config import RunConfig
from harness.estimate import memory, model_shape, parameters
from harness.provenance import origins
from harness.recipe import load_recipe
from harness.simulation import Simulation, simulate
from harness.stages import StagePlan, leaves, plan_stages
from harness.telemetry import open_console


def print_plan(config: RunConfig, recipe: Path, overrides: list[str]) -> None:
    """Everything that a run of this recipe would do, and what says so."""
    console = open_console()
    _print(console, f"run {config.name}-{config.fingerprint()}: {config.steps} steps, seed {config.seed}")
    _print(console, "\nthe recipe, with where each value comes from")
    said = origins(recipe.read_text(encoding="utf-8"), overrides, file=recipe.name)
    table = Table("key", "value", "from", box=None)
    for name, value in leaves(config.model_dump(mode="json")):
        row = _cells(name, _value(value), said.get(name, "default"))
        table.add_row(*row, style=None if name in said else "dim")
    console.print(table)
    _print(console, "\nstages, each with what it changes in the recipe")
    console.print(_stage_table(plan_stages(config)))
    _print(console, "\nbytes at most, without activations and prompts")
    _print_memory(console, config)
    _print_volume(console, config)


def simulate_command(recipe: Path, overrides: list[str], *, as_json: bool) -> None:
    """Drive the recipe's schedule through metrics that are made up, and print what comes when."""
    config = load_recipe(recipe, overrides)
    found = simulate(config)
    if as_json:
        sys.stdout.write(json.dumps(_rows(found)) + "\n")
    else:
        print_simulation(config, found)


def print_simulation(config: RunConfig, found: Simulation) -> None:
    """Stages, resets and phases of a simulated run."""
    console = open_console()
    _print(console, f"\n{config.steps} steps on made-up metrics: when things come, not how good they get")
    for stretch, stage in found.stages:
        changed = ", ".join(f"{name} = {_value(value)}" for name, value in stage.changes.items())
        name = stretch.name or "the whole run"
        _print(console, f"steps {stretch.first}-{stretch.last}: {name}{': ' if changed else ''}{changed}")
    for step, decision in found.resets:
        numbers = ", ".join(
            f"{name} {value:.4g}" for name, value in decision.numbers.items() if not name.startswith("pass@1")
        )
        kept = "optimizer cleared" if decision.optimizer else "optimizer kept"
        _print(console, f"after step {step}: reset by {decision.trigger}, {kept} ({numbers})")
    for phase in found.phases:
        _print(console, f"steps {phase.first}-{phase.last}: rewards.{phase.name}")


def _rows(found: Simulation) -> dict[str, Any]:
    return {
        "stages": [
            {"stage": stretch.name, "first": stretch.first, "last": stretch.last, "set": dict(stage.changes)}
            for stretch, stage in found.stages
        ],
        "resets": [{"step": step, **decision.detail()} for step, decision in found.resets],
        "phases": [
            {"shaping": phase.name, "first": phase.first, "last": phase.last} for phase in found.phases
        ],
    }


def _stage_table(stages: tuple[StagePlan, ...]) -> Table:
    table = Table("stage", "lasts", "begins with", "changes", box=None)
    for stage in stages:
        changes = [f"{name} = {_value(value)}" for name, value in stage.changes.items()]
        row = _cells(
            stage.name or "the whole run",
            _duration(stage),
            "a reset" if stage.reset else "what is there",
            "\n".join(changes) or "nothing",
        )
        table.add_row(*row)
    return table


def _duration(stage: StagePlan) -> str:
    steps = f"{stage.steps} steps" if stage.steps else ""
    until = "until a reset" if stage.until_reset else ""
    return ", or ".join(filter(None, (steps, until))) or "to the end"


def _print_memory(console: Console, config: RunConfig) -> None:
    shape = model_shape(config.model)
    if shape is None:
        _print(console, f"not known: the config.json of {config.model.name} is not on this machine")
        return
    configs = [stage.config for stage in plan_stages(config)]
    largest = max(
        (found for each in configs if (found := memory(each)) is not None),
        key=lambda found: sum(found.parts().values()),
    )
    about = "about " if config.model.warm_start else ""
    _print(console, f"model: {about}{parameters(shape) / 1e6:,.1f} M parameters as {config.model.dtype}")
    for name, size in largest.parts().items():
        _print(console, f"  {name:<10} {size / 2**30:10.3f} GiB")


def _print_volume(console: Console, config: RunConfig) -> None:
    _print(console, "\nwhat is drawn, without groups that are dropped and drawn again")
    left = config.steps
    for stage in plan_stages(config):
        rollout, steps = stage.config.rollout, min(left, stage.steps or left)
        left -= steps
        rollouts = steps * rollout.prompts * rollout.n
        _print(
            console,
            f"  {stage.name or 'the whole run'}: {steps} steps of {rollout.prompts} problems x {rollout.n}, "
            f"{rollouts:,} completions, at most {rollouts * rollout.max_tokens:,} tokens",
        )
    evaluation, validation = config.evaluation, config.reset.validation
    drawn = {each.name: each.count * (each.samples or evaluation.samples) for each in evaluation.sets}
    times = len(config.evaluation_steps())
    _print(
        console,
        f"  measured after steps {config.evaluation_steps()}: {times * sum(drawn.values()):,} completions",
    )
    if validation is not None:
        each = sum(drawn[name] for name in validation.sets)
        measured = config.steps // validation.every
        _print(console, f"  validated every {validation.every} steps: {measured * each:,} completions")


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cells(*cells: str) -> list[str]:
    return [escape(cell) for cell in cells]


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
