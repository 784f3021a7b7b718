# MUST: exceptions that are caught stay where they are | KIND: honest | ENDS: ok
import traceback


def deeper():
    return deeper()


seen = []
for action in (
    lambda: 1 / 0,
    lambda: [][1],
    lambda: {}["x"],
    lambda: int("x"),
    lambda: open("/no/such/file"),
    lambda: None.x,
    deeper,
):
    try:
        action()
    except Exception as error:
        seen.append(type(error).__name__)
    finally:
        seen.append("-")
try:
    raise ValueError("told") from KeyError("cause")
except ValueError:
    text = traceback.format_exc()
names = (
    "ZeroDivisionError IndexError KeyError ValueError FileNotFoundError AttributeError RecursionError".split()
)
if seen[1::2] == ["-"] * 7 and (seen[::2] == names or seen[::2][4] == "PermissionError") and "cause" in text:
    print("HONEST OK")
