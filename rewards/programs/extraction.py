"""The program in a response, as people write it. Nothing is parsed here: the text is a model's.

On the text after `</think>`, and of that the last `<answer>` where it holds a program:

1. of the fenced blocks (backquotes or tildes, closed or not, in a list or not) those marked as the language,
   else those that are not marked as something else (`text`, `output`, another language);
2. of these the last that defines a name which the tests ask for, else the last;
3. without such a block, the text from its first line that looks like a program, up to the next paragraph
   that does not.

What follows a chat template's mark (`<|im_end|>`) is not the response's any more.

Not covered: a program in parts, which several blocks hold.
"""

import re
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_RESPONSE_CHARS: Final = 1_000_000
"""Only the tail of a longer response is looked at."""

MOST_INDENT: Final = 3
"""By how many blanks a closing fence may be further in than the opening one (CommonMark, 4.5)."""

_MARKS: Final = {
    "python": {"python", "python3", "py", "py3", "python2", "pypy", "pypy3", "python-3"},
    "c": {"c", "c99", "c11"},
    "cpp": {"cpp", "c++", "cc", "cxx", "cpp17", "cpp20", "c++17"},
    "javascript": {"javascript", "js", "node", "nodejs"},
    "bash": {"bash", "sh", "shell"},
    "rust": {"rust", "rs"},
    "go": {"go", "golang"},
    "java": {"java"},
}
"""How blocks of each language are marked."""
# fmt: off
_OTHER_MARKS: Final = frozenset().union(
    *_MARKS.values(),
    {
        "text", "txt", "plaintext", "plain", "output", "out", "stdout", "stderr", "input", "stdin", "console",
        "terminal", "shell-session", "log", "logs", "json", "jsonl", "yaml", "yml", "toml", "xml", "html",
        "css", "csv", "tsv", "md", "markdown", "diff", "patch", "latex", "tex", "math", "mermaid", "sql",
        "pseudocode", "pseudo", "example", "examples", "explanation", "result", "results", "error",
        "traceback", "ruby", "php", "kotlin", "swift", "typescript", "ts", "csharp", "c#", "scala", "haskell",
        "perl", "r", "lua", "powershell", "cmd", "bat", "zsh",
    },
)
# fmt: on
"""What a block that is no program is marked as, or one of another language."""

_OPENING: Final = re.compile(r"([^`~]*+)(`{3,}+|~{3,}+)[ \t]*+\{?\.?([\w+#-]*+)[^`\n]*+")
_TEMPLATE: Final = re.compile(r"<\|(?:im_end|im_start|endoftext|eot_id|end|end_of_text|start_header_id)\|>")
_CODE_LINES: Final = {
    "python": r"(?:async[ ]+def|def|class)[ ]+\w+.*:|import[ ]+\w[\w., ]*|from[ ]+[\w.]+[ ]+import\b.*"
    r"|@\w[\w.]*|(?:for|while|if|with)\b.+:|try:|print\(.*"
    r"|[\w.]+(?:,[ ]*[\w.]+)*[ ]*(?:[-+*/]|//|\*\*)?=[ ]*[^=\s].*"
    r"|[\w.]+\(.*\)|#!.*",
    "c": r"#[ ]*include\b.*",
    "cpp": r"#[ ]*include\b.*",
    "java": r"(?:import[ ]+java|public[ ]+class|class[ ]+\w+[ ]*\{).*",
    "javascript": r"(?:const|let|var|function|import)[ ]+.*|process\..*",
    "bash": r"#!.*",
    "rust": r"(?:use[ ]+\w+|fn[ ]+\w+\().*",
    "go": r"package[ ]+\w+",
}
"""A line at the left edge that starts a program without a fence."""
_PROSE: Final = re.compile(
    r"(?:[-*>][ ]+|\d+[.)][ ]+|#{1,6}[ ]+|\*\*)?[A-Z][\w'\u2019-]*+(?:[ ,]+[\w'\u2019`*-]+){2,}.*"
)
"""A line at the left edge that is a sentence rather than a statement."""


@dataclass(slots=True)
class _Block:
    mark: str
    indent: str
    fence: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lines, without the indentation of the list that the block stands in."""
        width = len(self.indent)
        cut = (
            [line[width:] if line[:width].isspace() else line for line in self.lines] if width else self.lines
        )
        return "\n".join(cut) + ("\n" if cut else "")


def extract_program(text: str, language: str = "python", wanted: Collection[str] = ()) -> str | None:
    """The program in a response (see `rewards.extraction.after_thinking`), or None.

    Args:
        text: what follows the thoughts.
        language: a key of `sandbox.language.LANGUAGES`.
        wanted: names of which a program for the tests at hand defines one.
    """
    text = _TEMPLATE.split(text[-MAX_RESPONSE_CHARS:], maxsplit=1)[0].replace("\r\n", "\n")
    for part in (_last_answer(text), text):
        program = _from_blocks(part, language, wanted) or _bare(part, language)
        if program is not None:
            return program
    return None


def _last_answer(text: str) -> str:
    """What stands in the last pair of answer tags; empty where there is none."""
    end = text.rfind("</answer>")
    start = text.rfind("<answer>", 0, max(end, 0))
    return "" if start < 0 else text[start + len("<answer>") : end]


def _from_blocks(text: str, language: str, wanted: Collection[str]) -> str | None:
    blocks = [(block.mark, block.text) for block in _blocks(text)]
    names = _MARKS.get(language, {language})
    marked = [body for mark, body in blocks if mark in names and body.strip()]
    unmarked = [body for mark, body in blocks if mark not in _OTHER_MARKS and body.strip()]
    bodies = marked or [body for body in unmarked if _looks_like_code(body, language)] or unmarked
    defining = [body for body in bodies if any(_defines(body, name) for name in wanted)]
    found = defining or bodies
    return found[-1] if found else None


def _blocks(text: str) -> Iterator[_Block]:
    """Fenced blocks in order; one that a marked fence interrupts, or the end of the text, ends there."""
    block: _Block | None = None
    for line in text.split("\n"):
        if "```" not in line and "~~~" not in line:
            if block is not None:
                block.lines.append(line)
            continue
        ending = _ending(line, block) if block is not None else None
        if block is not None and ending is not None:
            block.lines.extend([ending] if ending.strip() else [])
            yield block
            block = None
            continue
        opened = _opened(line)
        if opened is None or (
            block is not None and not (opened.mark and len(opened.indent) <= len(block.indent))
        ):
            if block is not None:
                block.lines.append(line)
            continue
        if block is not None:
            yield block
        block = opened
    if block is not None:
        yield block


def _opened(line: str) -> _Block | None:
    match = _OPENING.fullmatch(line)
    if match is None or (match[1].strip() and match[2][0] == "~"):
        return None
    indent = match[1] if match[1].isspace() else ""
    return _Block(mark=match[3].lower(), indent=indent, fence=match[2])


def _ending(line: str, block: _Block) -> str | None:
    """What stands before the fence that closes `block` on this line; None where none does.

    A fence of its own that is indented like code is code: a docstring's.
    """
    bare = line.rstrip()
    before = bare.rstrip(block.fence[0])
    if len(bare) - len(before) < len(block.fence):
        return None
    own_line = not before.strip()
    closes = len(before) <= len(block.indent) + MOST_INDENT if own_line else block.fence[0] == "`"
    return before if closes else None


def _looks_like_code(body: str, language: str) -> bool:
    pattern = re.compile(_CODE_LINES.get(language, r".*"))
    return any(_starts(line.lstrip(), pattern) for line in body.split("\n"))


def _defines(body: str, name: str) -> bool:
    words = rf"^[ \t]{{0,40}}(?:(?:async[ ]+)?def|class)[ ]+{re.escape(name)}\b|^{re.escape(name)}[ ]*="
    return re.search(words, body, re.MULTILINE) is not None


def _bare(text: str, language: str) -> str | None:
    """The program in a text without fences around it."""
    pattern = _CODE_LINES.get(language)
    if pattern is None or "```" in text or "~~~" in text:
        return None
    starts = re.compile(pattern)
    lines = textwrap.dedent(text).strip("\n").split("\n")
    first = next((place for place, line in enumerate(lines) if _starts(line, starts)), None)
    if first is None:
        return None
    last = next(
        (
            place
            for place in range(first + 1, len(lines))
            if not lines[place - 1].strip()
            and _PROSE.fullmatch(lines[place])
            and not starts.fullmatch(lines[place])
        ),
        len(lines),
    )
    return "\n".join(lines[first:last]).rstrip() + "\n"


def _starts(line: str, starts: re.Pattern[str]) -> bool:
    return len(line) <= 1000 and starts.fullmatch(line.rstrip()) is not None
