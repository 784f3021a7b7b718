"""What can go wrong on our side of measuring."""


class EvalError(Exception):
    """A benchmark, data source or report cannot be had or made; says nothing about a model."""
