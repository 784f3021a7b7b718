"""The recipe's `data`: where training problems come from, and how each source is asked and weighed."""

from typing import Any, Self

from pydantic import Field, model_validator

from harness.section import Section


class Data(Section):
    """One source of training problems."""

    source: str
    """A key of `evals.source.SOURCES`, a `module:attribute`, the name of a data set that was imported, or
    `imported` with the option `name` for a data set of your own."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The source's own options."""
    count: int = Field(1000, ge=1)
    """Problems to draw from the source; they are gone through in shuffled epochs."""
    verifier: str | None = None
    """In place of the source's own: a key of `rewards.verifier.VERIFIERS` or a `module:attribute`."""
    template: str | None = None
    """The prompt, with `{question}` where the source's goes; for an imported data set in place of its own."""
    max_prompt_chars: int | None = Field(None, ge=1)
    """Problems with a longer prompt are left out."""
    include_flagged: bool = False
    """Whether to train on questions of an imported data set that repeat a benchmark."""
    weight: float = Field(1.0, ge=0)
    """Share of the prompts that are trained on, relative to the other sources' weights; 0 for a source that
    a later stage adds."""

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if self.template is not None and "{question}" not in self.template:
            raise ValueError(f"template has no {{question}}: {self.template!r:.80}")
        return self
