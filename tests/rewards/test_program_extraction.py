"""The program is found in a response however people write it."""

import pytest

from rewards.extraction import after_thinking
from rewards.programs.extraction import MAX_RESPONSE_CHARS, extract_program

SOLUTION = "def f(x):\n    return x + 1\n"


@pytest.mark.parametrize(
    ("response", "program"),
    [
        ("```python\na = 1\n```\nor\n```python\na = 2\n```", "a = 2\n"),
        ("```python\na = 1\n```\noutput:\n```\n1\n```", "a = 1\n"),
        ("```\na = 1\n```", "a = 1\n"),
        ("```\na = 1\n```\nIt prints\n```\n1\n```", "a = 1\n"),
        (
            "```python\na = 1\n```\n```text\nb = 2\n```\n```bash\npip install c\n```\n```json\n{}\n```",
            "a = 1\n",
        ),
        ("```py\na = 1", "a = 1\n"),
        ("```Python3 title=main.py\na = 1\n```", "a = 1\n"),
        ("```{python}\na = 1\n```", "a = 1\n"),
        ("Here it is: ```python\na = 1\n```", "a = 1\n"),
        ("```python\na = 1```", "a = 1\n"),
        ("```python\r\na = 1\r\nb = 2\r\n```", "a = 1\nb = 2\n"),
        ("~~~python\na = 1\n~~~", "a = 1\n"),
        ("````python\ns = '''\n```\n'''\n````", "s = '''\n```\n'''\n"),
        ("```python\ndef f():\n    '''Use\n    ```python\n    f()\n    ```\n    '''\n```", None),
        (
            "1. First:\n\n   ```python\n   def f():\n       return 1\n   ```\n2. Done.",
            "def f():\n    return 1\n",
        ),
        ("```python\na = 1\nThen, better:\n```python\na = 2\n```", "a = 2\n"),
        ("```python\na = 1<|im_end|>\n<|im_start|>user", "a = 1\n"),
        ("<think>```python\na = 0\n```</think>\n```python\na = 1\n```", "a = 1\n"),
        ("<answer>```python\na = 1\n```</answer> as ```python\na = 3\n```", "a = 1\n"),
        ("<answer>\nprint(int(input()) * 2)\n</answer>", "print(int(input()) * 2)\n"),
        ("<answer>See above.</answer>\n```python\na = 1\n```", "a = 1\n"),
        ("def f(x):\n    return x", "def f(x):\n    return x\n"),
        ("import sys\nprint(sys.argv)", "import sys\nprint(sys.argv)\n"),
        ("print(sum(map(int, input().split())))", "print(sum(map(int, input().split())))\n"),
        ("Sure.\n\nn = int(input())\nfor i in range(n):\n    print(i)\n\nThis prints them all.", None),
        ("I would sort the list.", None),
        ("First, use the list (or a set).", None),
        ("x", None),
        ("42", None),
        ("```python\n```", None),
        ("(" * 100_000, None),
    ],
)
def test_the_program_is_the_last_block_that_is_one(response: str, program: str | None) -> None:
    if program is None and "```python\ndef f" in response:
        program = "def f():\n    '''Use\n    ```python\n    f()\n    ```\n    '''\n"
    if response.startswith("Sure."):
        program = "n = int(input())\nfor i in range(n):\n    print(i)\n"
    assert extract_program(after_thinking(response)) == program


def test_a_block_that_defines_what_is_asked_for_comes_before_one_that_shows_its_use() -> None:
    response = f"```python\n{SOLUTION}```\nUse it:\n```python\nprint(f(1))\n```"
    assert extract_program(response, wanted={"f"}) == SOLUTION
    assert extract_program(response) == "print(f(1))\n"
    method = "class Solution:\n    def f(self, x):\n        return x\n"
    assert extract_program(f"```python\n{method}```\n```python\nSolution().f(1)\n```", wanted={"f"}) == method


@pytest.mark.parametrize(
    ("language", "response", "program"),
    [
        ("cpp", "```c++\nint main(){}\n```\n```python\na = 1\n```", "int main(){}\n"),
        ("cpp", "#include <iostream>\nint main(){}", "#include <iostream>\nint main(){}\n"),
        ("go", "```golang\npackage main\n```", "package main\n"),
        ("javascript", "```js\nlet a\n```\n```text\nb\n```", "let a\n"),
        ("bash", "```sh\necho 1\n```", "echo 1\n"),
        ("cpp", "```python\na = 1\n```", None),
    ],
)
def test_each_language_has_its_marks(language: str, response: str, program: str | None) -> None:
    assert extract_program(response, language) == program


@pytest.mark.parametrize(
    "piece",
    [
        "```",
        "```\n",
        "x\n",
        "`",
        "~~~ ",
        "a=b,",
        "A b ",
        "x(",
        "f().a",
        "<answer>",
        "</answer>",
        "def f(",
        "\n\n",
        "<|",
    ],
)
def test_a_response_of_any_size_and_kind_is_looked_through_in_one_pass(piece: str) -> None:
    """Where it took a second look for each piece, the test would not end."""
    program = extract_program(piece * (3_000_000 // len(piece)))
    assert program is None or len(program) <= MAX_RESPONSE_CHARS + 1
