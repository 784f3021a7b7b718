r"""What in a response counts as its answer. A step of its own, before anything is judged.

In this order, on the text after `</think>`:

1. the last `\boxed{...}` (or `\fbox`); boxes with little between them but a comma or an "and"
   are one answer, a list. Minerva's "The final answer is $X$" after the box wins over it;
2. the last final statement: `#### X`, "Answer: X", "the answer is X", up to the line's end;
3. where `bare` allows it, a short response as a whole;
4. what a last sentence concludes: "... is 2/3.", "... increases by 100%", "... = 12".

What follows a chat template's mark (`<|im_start|>`) is not the response's any more.

Nothing of the kind is no answer, nor is a guess ("it could be 7", "I do not know") where only the third or
fourth would read one. A thought that never ends (`<think>` without `</think>`) has none.

Not covered: a guess at "the last number of the text", which rewards a list of guesses.
"""

import re
from typing import Final

MAX_RESPONSE_CHARS: Final = 20_000
"""Only the tail of a longer response is looked at: a final answer stands at its end."""
MAX_BARE_CHARS: Final = 400
MAX_CONCLUSION_CHARS: Final = 300

_BOX: Final = re.compile(r"\\(?:begin)?(?:boxed|fbox)\s*")
_WORD: Final = re.compile(r"[^\s$\\{}.]+")
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_BETWEEN_BOXES: Final = re.compile(r"(?=[^\n]{0,40}(?:[,;]|\band\b|\bor\b))[^.\n]{1,40}")
"""What joins two boxes into one answer: little, on one line, with a comma or an "and" in it."""
_MINERVA: Final = re.compile(r"final answer is:?\s*\$(?P<answer>[^$\n]+)\$", re.IGNORECASE)
_STATEMENT: Final = re.compile(
    r"(?:\banswer\b\W{0,6}\b(?:is|equals|are)\b[\s:]*|\banswer\b[\s*_]*[:=][\s*_]*|####\s*)(?P<answer>[^\n]+)",
    re.IGNORECASE,
)

_CONCLUDED: Final = re.compile(
    r"(?:\b(?:is|are|equals|by|be)\b|=)\s*(?P<answer>\$[^$\n]{1,80}\$|[-+]?[\d.][^\s=]{0,40}%?)\s*[.!]?\s*\Z"
)
_HEDGED: Final = re.compile(
    r"\b(?:(?:it|this|that|answer|value|result) (?:could|might|may) be"
    r"|(?:i am|i'm) (?:unsure|not sure)|i (?:cannot|can't) (?:tell|say|decide)|i (?:do not|don't) know)\b",
    re.IGNORECASE,
)
_TEMPLATE: Final = re.compile(r"<\|(?:im_start|im_end|endoftext|eot_id|end|start_header_id)\|>.*", re.DOTALL)


def after_thinking(response: str) -> str:
    """What follows the last `</think>`, stripped; empty where a thought never ends."""
    _, mark, after = response.rpartition("</think>")
    unfinished = not mark and "<think>" in response
    return "" if unfinished else after.strip()


def final_answer(text: str, *, bare: bool = True) -> str | None:
    """The answer that `text` (see `after_thinking`) states, or None."""
    text = _TEMPLATE.sub("", text[-MAX_RESPONSE_CHARS:]).strip()
    stated = list(_MINERVA.finditer(text))
    boxed = last_boxes(text[stated[-1].end() :] if stated else text)
    if boxed is not None:
        return boxed
    if stated:
        return _trim(stated[-1]["answer"])
    statements = list(_STATEMENT.finditer(text))
    if statements:
        return _trim(statements[-1]["answer"])
    if _HEDGED.search(text[-MAX_BARE_CHARS:]):
        return None
    if bare and text and len(text) <= MAX_BARE_CHARS:
        return _trim(text)
    concluded = _CONCLUDED.search(text[-MAX_CONCLUSION_CHARS:])
    return _trim(concluded["answer"]) if concluded is not None else None


def last_boxes(text: str) -> str | None:
    """The content of the last box, or of the last run of adjacent boxes joined by commas."""
    boxes = _boxes(text)
    if not boxes:
        return None
    run = [boxes[-1]]
    for box in reversed(boxes[:-1]):
        if not _BETWEEN_BOXES.fullmatch(text[box[2] : run[0][0]]):
            break
        run.insert(0, box)
    contents = list(dict.fromkeys(content.strip() for _, content, _ in run if content.strip()))
    return ", ".join(contents) if contents else None


def _boxes(text: str) -> list[tuple[int, str, int]]:
    """(start, content, end) of each outermost box; one without braces holds one word."""
    closing = _closing_braces(text)
    boxes = []
    end = 0
    for match in _BOX.finditer(text):
        if match.start() < end:
            continue
        if text[match.end() : match.end() + 1] == "{":
            close = closing.get(match.end())
            if close is None:
                continue
            content, end = text[match.end() + 1 : close], close + 1
        else:
            word = _WORD.match(text, match.end())
            if word is None:
                continue
            content, end = word[0], word.end()
        boxes.append((match.start(), content, end))
    return boxes


def _closing_braces(text: str) -> dict[int, int]:
    """Where each opening brace closes, in one pass: a response may be all braces."""
    closing: dict[int, int] = {}
    open_braces: list[int] = []
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            open_braces.append(brace.start())
        elif brace[0] == "}" and open_braces:
            closing[open_braces.pop()] = brace.start()
    return closing


def _trim(answer: str) -> str | None:
    """Without Markdown emphasis, a closing full stop and blanks around."""
    trimmed = answer.strip().strip("*_`").strip()
    return trimmed.rstrip(".").rstrip() or None
