"""The learner's knobs, and the names that the parts of its loss go by.

What each part computes stands with the function that its table names, in `harness.learners`.
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from harness.advantage import ESTIMATORS, open_estimator
from harness.errors import ConfigError
from harness.lookup import one_of
from harness.section import Section

RATIOS: Final[dict[str, str]] = {
    "token": "harness.learners.ratio:token",
    "sequence": "harness.learners.ratio:sequence",
    "cispo": "harness.learners.ratio:cispo",
}
"""Each takes a `TokenScores` and the `Loss`, and gives a `Surrogate`."""

AGGREGATIONS: Final[dict[str, str]] = {
    "token_mean": "harness.learners.aggregation:token_mean",
    "rollout_token_mean": "harness.learners.aggregation:rollout_token_mean",
    "sequence_mean": "harness.learners.aggregation:sequence_mean",
    "bnpo": "harness.learners.aggregation:token_mean",
    "dr_grpo": "harness.learners.aggregation:constant_length",
}
"""Each takes a mask_BT and a `Window`, and gives the weight of each token, weights_BT."""

KL_ESTIMATORS: Final[dict[str, str]] = {
    "k1": "harness.learners.divergence:k1",
    "k2": "harness.learners.divergence:k2",
    "k3": "harness.learners.divergence:k3",
}
"""Each takes log(pi / ref) of each token, and gives an estimate for each, both of shape BT."""

CORRECTIONS: Final[dict[str, str]] = {
    "none": "harness.learners.correction:none",
    "truncated": "harness.learners.correction:truncated",
    "icepop": "harness.learners.correction:icepop",
    "sequence_mask": "harness.learners.correction:sequence_mask",
}
"""Each takes a `TokenScores` and the `Loss`, and gives a factor for each token's surrogate, of shape BT."""


class Loss(Section):
    """The objective. ProRL: clip 0.2 / 0.4, KL in the loss with beta 1e-4; v2: 0.2 / 0.28, k2."""

    estimator: Annotated[str, one_of(ESTIMATORS, "advantage estimator")] = "group_mean_std"
    """`group_mean_std` (GRPO), `group_mean` (Dr. GRPO), `rloo`, `batch_std`, `reinforce_pp_baseline` (v2, as
    its formula has it), `reinforce_pp_baseline_tokens` (as public codes have it), or a `module:attribute`."""
    estimator_options: dict[str, Any] = Field(default_factory=dict)
    """The estimator's own: `epsilon` is added to its deviation (TRL: 1e-4), `bessel` corrects that."""
    ratio: Annotated[str, one_of(RATIOS, "ratio")] = "token"
    """`token` clips each token's ratio to the old policy (GRPO, DAPO), `sequence` each completion's mean one
    (GSPO), `cispo` clips a weight and lets every token learn; or a `module:attribute`."""
    aggregation: Annotated[str, one_of(AGGREGATIONS, "aggregation")] = "token_mean"
    """`token_mean` is DAPO's over the whole minibatch, `rollout_token_mean` TRL's `dapo` over the whole step,
    `sequence_mean` the first GRPO's, `dr_grpo` divides by a constant length, `bnpo` is TRL's name for
    `token_mean` where a minibatch is one local batch; or a `module:attribute`."""
    constant_length: int = Field(0, ge=0)
    """Tokens that `dr_grpo` takes every completion to have; 0 for `rollout.max_tokens`."""
    clip_low: float = Field(0.2, gt=0, le=1)
    """The ratio to the old policy is clipped at 1 - clip_low (1 for no lower bound) ..."""
    clip_high: float = Field(0.4, gt=0)
    """... and at 1 + clip_high, which leaves unlikely tokens more room to grow (DAPO)."""
    kl_coefficient: float = Field(1e-4, ge=0)
    """beta, the weight of the KL to the reference in the loss; 0 for none."""
    kl_estimator: Annotated[str, one_of(KL_ESTIMATORS, "KL estimator")] = "k3"
    """Schulman's `k1`, `k2` or `k3`, or a `module:attribute`; k3 is unbiased and never negative."""
    kl_weighted: bool = False
    """Whether each token's KL is multiplied by its ratio to the old policy, through which its gradient
    becomes that of the KL itself (DeepSeek-V3.2). TRL does so by default, ProRL's sources do not."""
    kl_limit: float = Field(20.0, gt=0)
    """Nats beyond which a token's log-ratio to the reference counts as this, so that one token cannot
    overflow the KL. v2's codes: 10; TRL: `inf`."""
    entropy_coefficient: float = Field(0.0, ge=0)
    """Weight of the mean entropy of a token in the objective; ProRL has no such bonus."""
    old_logprobs: Literal["sampler", "trainer"] = "sampler"
    """Whose log-probabilities are those of the old policy: what the engine returned with each token, or
    what the learner itself computes before a step's first update (as TRL does), for one more forward pass."""
    correction: Annotated[str, one_of(CORRECTIONS, "correction")] = "none"
    """Weight for the mismatch of trainer and sampler: `none`, `truncated` (importance weight up to
    `correction_high`), `icepop` (0 outside the bounds), `sequence_mask` (whole completions by their mean),
    or a `module:attribute`. Needs `old_logprobs = "trainer"`."""
    correction_low: float = Field(0.5, ge=0)
    """Least ratio of trainer to sampler that `icepop` and `sequence_mask` let pass. v2's codes: 0.5."""
    correction_high: float = Field(5.0, gt=0)
    """Largest ratio of trainer to sampler. v2's codes: 5; `sequence_mask` in v2.1: 0.999 to 1.002."""

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.correction != "none" and self.old_logprobs != "trainer":
            raise ValueError(
                f"correction {self.correction!r} compares the trainer with the sampler: "
                'set old_logprobs = "trainer" with it'
            )
        if self.correction_low > self.correction_high:
            raise ValueError("correction_low is above correction_high")
        if self.estimator in ESTIMATORS:
            try:
                open_estimator(self.estimator, self.estimator_options)
            except ConfigError as error:
                raise ValueError(str(error)) from error
        return self


class Optimizer(Section):
    """AdamW. ProRL: constant learning rate 2e-6, 4 minibatches a step."""

    learning_rate: float = Field(2e-6, gt=0)
    """Constant over the run."""
    beta1: float = Field(0.9, ge=0, lt=1)
    """AdamW's decay of the mean gradient."""
    beta2: float = Field(0.95, ge=0, lt=1)
    """AdamW's decay of the mean squared gradient."""
    weight_decay: float = Field(0.0, ge=0)
    """AdamW's, decoupled."""
    max_grad_norm: float = Field(1.0, gt=0)
    """Gradients are clipped to this global norm."""
    minibatches: int = Field(4, ge=1)
    """Gradient updates for each time that a step's rollouts are gone through."""
    iterations: int = Field(1, ge=1)
    """Times that a step's rollouts are gone through (GRPO's mu), in another order each."""
    micro_rows: int = Field(64, ge=1)
    """Completions that pass through the model at once in training; changes memory, not the gradient."""
    logits_mib: int = Field(64, ge=1)
    """Full-vocabulary logits that are held at once, in MiB; more tokens go through the output head in
    pieces, which are computed again for the gradient. Changes memory, not the numbers."""
    skips: int = Field(3, ge=1)
    """Updates in a row whose loss or gradient is not finite, after which the run stops; each is left out,
    counted and written down under the run's folder `incidents`."""
