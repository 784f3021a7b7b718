"""What can go wrong on our side of keeping.

StoreError
└── UnknownRecord
"""


class StoreError(Exception):
    """The database cannot be opened, read or written; the message says what to do."""


class UnknownRecord(StoreError):
    """Nothing is kept under that id."""
