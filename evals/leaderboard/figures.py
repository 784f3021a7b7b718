"""Numbers as people read them."""

import math
from typing import Final

ABSENT: Final = "–"


def finite(value: float | None) -> float | None:
    """The value, or None where there is no finite one."""
    return value if value is not None and math.isfinite(value) else None


def percent(value: float | None, digits: int = 1) -> str:
    """A share in [0, 1] in percent, without the sign."""
    known = finite(value)
    return ABSENT if known is None else f"{100 * known:.{digits}f}"


def signed_percent(value: float | None) -> str:
    """A difference of shares in percentage points, with a real minus sign."""
    known = finite(value)
    return ABSENT if known is None else f"{100 * known:+.1f}".replace("-", "−")


def number(value: float | None) -> str:
    """Any number to four significant digits; whole ones in full."""
    known = finite(value)
    if known is None:
        return ABSENT
    if known == int(known) and abs(known) < 1e15:
        return f"{int(known):,}"
    return f"{known:.4g}"
