"""What can go wrong in the harness, each with a message that says what to do.

HarnessError
├── ConfigError
└── TrainingError
"""


class HarnessError(Exception):
    """The harness cannot go on."""


class ConfigError(HarnessError):
    """A recipe or setting is wrong: bad input, to be mended by the user."""


class TrainingError(HarnessError):
    """Training cannot go on; what was kept is safe."""
