"""What can go wrong on our side of grading.

    GradingError
    ├── UnknownVerifier
    └── BadReference

What an answer does wrong is never an exception: it is a `Verdict`.
"""


class GradingError(Exception):
    """We failed to grade; says nothing about the answer."""


class UnknownVerifier(GradingError):
    """No verifier goes by that name."""


class BadReference(GradingError):
    """The reference does not have the form that the verifier needs: the row is at fault."""
