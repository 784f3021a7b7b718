"""What can go wrong on our side of the sandbox.

    SandboxError
    └── SandboxUnavailable

What a program does wrong is never an exception: it is a `Status` in its `Execution`.
"""


class SandboxError(Exception):
    """The sandbox itself failed; says nothing about the program that was to run."""


class SandboxUnavailable(SandboxError):
    """No backend can be had here that keeps every layer asked for."""
