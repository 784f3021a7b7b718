"""Every knob of a run, each with its unit, range and the paper's value.

"ProRL" below is arXiv 2505.24864; "v2" its second version. Values marked "not published" are
our choice. `harness.recipe` reads them from a file; the learner's knobs are in `harness.learning`.
"""

import hashlib
import json
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from evals.benchmark import Benchmark, Relation
from harness.data_section import Data
from harness.learning import Loss, Optimizer
from harness.reset_section import Reset, Stage
from harness.reward_section import Rewards
from harness.section import Section


class WarmStart(Section):
    """How to make a small base model here, where no model hub is reached."""

    hidden_size: int = Field(96, ge=8)
    """Of the Qwen2 decoder that is made."""
    layers: int = Field(3, ge=1)
    """Decoder layers."""
    heads: int = Field(3, ge=1)
    """Attention heads; `hidden_size` is a multiple of them."""
    key_value_heads: int = Field(1, ge=1)
    """Key-value heads; `heads` is a multiple of them."""
    intermediate_size: int = Field(288, ge=8)
    """Of the feed-forward layers."""
    learning_rate: float = Field(1e-2, gt=0)
    """Of AdamW, for embeddings and norms."""
    matrix_learning_rate: float = Field(0.01, gt=0)
    """Of Muon, for the weight matrices."""
    batch_rows: int = Field(32, ge=1)
    """Worked answers a step."""
    max_steps: int = Field(600, ge=1)
    """The learning rate falls over so many; the stop criterion ends it before, if ever it holds."""
    check_every: int = Field(50, ge=1)
    """Steps between looks at the stop criterion."""
    stop_floor: float = Field(0.05, ge=0, le=1)
    """Stop once every task's held-out pass@1 is at least this ..."""
    stop_mean: float = Field(0.3, ge=0, le=1)
    """... and their mean at least this: weak, but with something to reinforce."""
    rows: int = Field(6_000, ge=1)
    """Worked answers to make, over all tasks; they are gone through in shuffled epochs."""


class Model(Section):
    """Which model is trained."""

    name: str
    """A name on the model hub, a local folder or, with `warm_start`, a name for the base made here."""
    revision: str = "main"
    """Branch, tag or commit on the hub."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Of weights and training. bfloat16 keeps no float32 copy: for sampling only."""
    gguf_file: str | None = None
    """A GGUF file within the folder or repository to read the weights from."""
    warm_start: WarmStart | None = None
    """How to make the model here; without it `name` is loaded."""


class Rollouts(Section):
    """How completions are drawn. ProRL: n 16 (32 in two of its runs), temperature 1.2, 8k context."""

    engine: str = "huggingface"
    """A key of `harness.engines.port.ENGINES` or a `module:attribute`."""
    n: int = Field(16, ge=2)
    """Completions a problem: the group size."""
    prompts: int = Field(16, ge=1)
    """Problems a step, after dynamic sampling. ProRL: 256 (unit not published)."""
    temperature: float = Field(1.2, gt=0)
    """Logits are divided by it, in sampling and in the loss alike."""
    top_p: float = Field(1.0, gt=0, le=1)
    """Nucleus sampling; 1 leaves every token in."""
    max_tokens: int = Field(48, ge=1)
    """Completion tokens at most."""
    batch_rows: int = Field(512, ge=1)
    """Completions drawn side by side."""


class DynamicSampling(Section):
    """Groups whose rewards are all equal carry no signal: drop them and draw others (DAPO, ProRL 2.3)."""

    enabled: bool = True
    """Whether groups without signal are dropped at all."""
    max_rounds: int = Field(4, ge=1)
    """Problems drawn a step at most, in batches of `rollout.prompts`; a step that finds too few groups with
    a signal among them goes on with those, and says so (`groups_missing`, and an event `short_batch`)."""
    max_age: int = Field(1, ge=0)
    """Steps for which groups with a signal that the batch has no room for are kept for later ones; their
    ratios are to the policy that drew them. 0 drops them."""
    recheck: float = Field(0.1, ge=0.01, le=1)
    """The least chance with which a prompt is drawn when its turn comes: prompts that gave no signal again
    and again rest, and weigh as much more when they give one after all. 1 draws all, always."""


class RadarLimits(Section):
    """The watch over rewards: signs that a policy has found a hole in a verifier become events, `alert`."""

    enabled: bool = True
    """Whether anything is looked at."""
    hold: bool = False
    """Whether a verifier with an alert gives no reward until the alert is cleared: its rollouts are kept,
    and leave their groups."""
    window: int = Field(5, ge=1)
    """Steps that are looked at together; all before them are the baseline."""
    least: int = Field(16, ge=1)
    """Problems solved, programs rewarded or verdicts of two engines in the window, before rates count."""
    constant_rise: float = Field(0.25, gt=0, le=1)
    """Share of the solved problems that one answer solves, above the baseline's."""
    constant_most: float = Field(0.9, gt=0, le=1)
    """The same whatever the baseline."""
    exit_rise: float = Field(0.05, gt=0, le=1)
    """Share of exit-like programs among rewarded ones, above the baseline's."""
    disagreement_rise: float = Field(0.15, gt=0, le=1)
    """Share of verdicts on which engines disagree, above the baseline's."""
    length_fall: float = Field(0.3, ge=0, lt=1)
    """Mean length of rewarded responses, relative to the baseline's."""


class Checkpoints(Section):
    """What is kept to go on from."""

    every: int = Field(25, ge=1)
    """Steps between checkpoints; a killed run goes on from the last."""
    keep: int = Field(2, ge=1)
    """Checkpoints kept; exported models are kept all."""


class EvaluationSet(Section):
    """One benchmark of a run's own."""

    name: str
    """What the board calls it; unlike every other set's."""
    source: str
    """A key of `evals.source.SOURCES` or a `module:attribute`."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The source's own options."""
    count: int = Field(64, ge=1)
    """Problems to draw."""
    samples: int | None = Field(None, ge=1)
    """Completions a problem, where they are to differ from `evaluation.samples`."""
    max_tokens: int | None = Field(None, ge=1)
    """Completion tokens at most, where they are to differ from `evaluation.max_tokens`."""
    seed: int = 1_000_003
    """Of the draw; unlike the training data's, so that problems are held out."""
    relation: Relation = Relation.UNSEEN
    """To what is trained: `trained`, `harder` or `unseen`."""

    def benchmark(self) -> Benchmark:
        """The set as a benchmark."""
        return Benchmark(
            name=self.name,
            source=self.source,
            options=self.options,
            count=self.count,
            seed=self.seed,
            relation=self.relation,
        )


class Evaluation(Section):
    """When and how checkpoints are measured. ProRL: 256 samples, pass@128, at base, middle and end."""

    at: list[float] = Field(default_factory=lambda: [0.0, 0.5, 1.0])
    """Where in the run, as shares of its steps: 0 is the base, 1 the end."""
    samples: int = Field(256, ge=1)
    """Completions a problem; at least twice the largest k that is to be read off."""
    k: int | None = Field(None, ge=2)
    """Where the boundary's breadth is read (ProRL: 128); without it at 128 or what the samples carry."""
    temperature: float = Field(1.0, ge=0)
    """0 is greedy, and then one sample is all there is."""
    top_p: float = Field(1.0, gt=0, le=1)
    """Nucleus sampling; 1 leaves every token in."""
    max_tokens: int = Field(48, ge=1)
    """Completion tokens at most."""
    batch_rows: int = Field(512, ge=1)
    """Completions drawn side by side."""
    processes: int = Field(0, ge=0)
    """Processes that measure beside the training, one while it runs and all at its end; 0 measures
    in the training process, with the engine that is there."""
    sets: list[EvaluationSet] = Field(default_factory=list)
    """What is measured."""

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if any(not 0 <= share <= 1 for share in self.at):
            raise ValueError(f"evaluation.at holds shares of the run from 0 to 1, not {self.at}")
        names = [each.name for each in self.sets]
        if len(set(names)) != len(names):
            raise ValueError("evaluation.sets: two sets have the same name")
        return self


class RunConfig(Section):
    """A whole recipe."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,40}$")
    """Lower-case letters, digits, `.`, `_` and `-`; the first part of the run's id."""
    steps: int = Field(ge=1)
    """GRPO steps."""
    seed: int = Field(0, ge=0)
    """Of everything random: data, sampling, order."""
    threads: int = Field(1, ge=1)
    """CPU threads of the training process. On few cores one is fastest for small models, and equal
    thread counts are needed for equal numbers."""
    model: Model
    data: list[Data] = Field(min_length=1)
    rollout: Rollouts = Field(default_factory=Rollouts)
    dynamic_sampling: DynamicSampling = Field(default_factory=DynamicSampling)
    loss: Loss = Field(default_factory=Loss)
    optimizer: Optimizer = Field(default_factory=Optimizer)
    reset: Reset = Field(default_factory=Reset)
    stages: list[Stage] = Field(default_factory=list)
    rewards: Rewards = Field(default_factory=Rewards)
    radar: RadarLimits = Field(default_factory=RadarLimits)
    checkpoint: Checkpoints = Field(default_factory=Checkpoints)
    evaluation: Evaluation = Field(default_factory=Evaluation)

    def learner_loss(self) -> Loss:
        """The loss's knobs, with what follows from the rollouts filled in."""
        return self.loss.model_copy(
            update={"constant_length": self.loss.constant_length or self.rollout.max_tokens}
        )

    def fingerprint(self) -> str:
        """A hash of every value, by which a killed run is found again. 8 hex digits."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def evaluation_steps(self) -> list[int]:
        """The steps after which the policy is measured; 0 is the base."""
        return sorted({round(share * self.steps) for share in self.evaluation.at})
