"""Small sets of our own in four domains, shipped with the package (`evals/data`)."""

from importlib import resources

from evals.errors import EvalError
from evals.row import parse_line
from evals.source import draw
from rewards.problem import Problem

DOMAINS = ("code", "instruction", "math", "stem")


class StarterSource:
    """One domain's starter set: a few dozen short problems, easy for any pretrained model."""

    def __init__(self, domain: str) -> None:
        """Take the set of `domain`, one of `DOMAINS`.

        Raises:
            EvalError: there is no set of that domain.
        """
        if domain not in DOMAINS:
            hint = "; for logic use the source 'reasoning_gym'" if domain == "logic" else ""
            raise EvalError(f"no starter set of {domain!r}: have {', '.join(DOMAINS)}{hint}")
        self._domain = domain

    def problems(self, *, count: int, seed: int) -> list[Problem]:
        """At most `count` of the set's problems, drawn by `seed`."""
        file = resources.files("evals") / "data" / f"starter_{self._domain}.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines()
        source = f"starter:{self._domain}"
        return draw([parse_line(line, source=source) for line in lines], count=count, seed=seed)
