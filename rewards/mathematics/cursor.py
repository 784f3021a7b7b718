"""A place in a list of tokens."""

from rewards.mathematics.node import Unreadable
from rewards.mathematics.tokens import Token, tokens


class Cursor:
    """Moves forward over the tokens of a text; the last token, `end`, is never passed."""

    def __init__(self, text: str) -> None:
        """Raises `Unreadable` where the text cannot be cut into tokens."""
        self._tokens = tokens(text)
        self._at = 0

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self._tokens[self._at]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on; the end where there is none."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the token at hand."""
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def skip(self, *texts: str) -> bool:
        """Take the token at hand if it is one of these."""
        if self.token.text in texts and self.token.kind in {"sign", "command", "environment", "word"}:
            self.take()
            return True
        return False

    def need(self, text: str) -> None:
        """Take this token; raises `Unreadable` where another is at hand."""
        if not self.skip(text):
            raise Unreadable(f"{text!r} missing before {self.token.text!r}")
