"""A page as its parts: just enough reading of HTML for the tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("object", "data")}


@dataclass
class Page:
    """What a page holds."""

    elements: int = 0
    texts: list[str] = field(default_factory=list)
    """Text nodes outside of scripts."""
    links: list[str] = field(default_factory=list)
    """To other pages."""
    loads: list[str] = field(default_factory=list)
    """Addresses fetched without a click."""
    data: list[str] = field(default_factory=list)
    """Contents of data blocks."""
    inline_scripts: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """All that is read."""
        return "\n".join(self.texts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.page.elements += 1
        self.page.tags.add(tag)
        named = dict(attrs)
        self.page.handlers += [name for name in named if name.startswith("on")]
        self.page.loads += [value for name, value in attrs if value and (tag, name) in LOADS]
        if tag == "a" and (address := named.get("href")) and not address.startswith("#"):
            self.page.links.append(address)
        if tag == "script" and "src" not in named:
            self._script = "data" if named.get("type") == "application/json" else "inline"

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            self.page.texts.append(data)
        else:
            (self.page.data if self._script == "data" else self.page.inline_scripts).append(data)


def read(html: str) -> Page:
    """The parts of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
