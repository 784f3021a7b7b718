"""Names that mean something: functions, constants, signs, units, and what joins a list."""

import re
from typing import Final

FUNCTIONS: Final = frozenset(
    {
        *("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"),
        *("ln", "log", "exp", "lg", "gcd", "lcm", "min", "max", "det"),
    }
)
PLAIN_FUNCTIONS: Final = FUNCTIONS | {
    "sqrt",
    "asin",
    "acos",
    "atan",
    "abs",
    "floor",
    "ceil",
    "binomial",
    "cbrt",
}
OPAQUE: Final = frozenset("fghFG")
"""Letters that mean a function where a bracket follows at once."""
SAME_FUNCTION: Final = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "lg": "log10"}
GREEK: Final = frozenset(
    {
        *(
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "vartheta",
            "iota",
        ),
        *(
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
        ),
        *(
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Upsilon",
            "Phi",
            "Psi",
            "Omega",
        ),
        *("ell", "hbar"),
    }
)
SAME_NAME: Final = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta"}
CONSTANT_WORDS: Final = {"pi": "pi", "infty": "oo", "infinity": "oo", "inf": "oo", "oo": "oo"}
RELATIONS: Final = {
    "=": "=",
    "==": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "!=": "!=",
    r"\lt": "<",
    r"\gt": ">",
    r"\le": "<=",
    r"\leq": "<=",
    r"\leqslant": "<=",
    r"\ge": ">=",
    r"\geq": ">=",
    r"\geqslant": ">=",
    r"\ne": "!=",
    r"\neq": "!=",
    r"\in": "in",
    r"\approx": "~",
    r"\equiv": "==",
    r"\to": "->",
    r"\rightarrow": "->",
    r"\mapsto": "->",
    r"\sim": "~",
    r"\simeq": "~",
}
TIMES: Final = frozenset({"*", r"\cdot", r"\times", r"\ast"})
OVER: Final = frozenset({"/", r"\div"})
JOINING_WORDS: Final = frozenset({"and", "or"})
UNITS: Final = {
    **dict.fromkeys(("cm", "centimeter", "centimetre"), "cm"),
    **dict.fromkeys(("mm", "millimeter", "millimetre"), "mm"),
    **dict.fromkeys(("m", "meter", "metre"), "m"),
    **dict.fromkeys(("km", "kilometer", "kilometre"), "km"),
    **dict.fromkeys(("ft", "foot", "feet"), "ft"),
    **dict.fromkeys(("in", "inch", "inche"), "in"),
    **dict.fromkeys(("yd", "yard"), "yd"),
    **dict.fromkeys(("mi", "mile"), "mi"),
    **dict.fromkeys(("kg", "kilogram"), "kg"),
    **dict.fromkeys(("g", "gram"), "g"),
    **dict.fromkeys(("lb", "pound"), "lb"),
    **dict.fromkeys(("oz", "ounce"), "oz"),
    **dict.fromkeys(("s", "sec", "second"), "s"),
    **dict.fromkeys(("min", "minute"), "min"),
    **dict.fromkeys(("h", "hr", "hour"), "h"),
    **dict.fromkeys(("day",), "day"),
    **dict.fromkeys(("week",), "week"),
    **dict.fromkeys(("month",), "month"),
    **dict.fromkeys(("year", "yr"), "year"),
    **dict.fromkeys(("ml", "milliliter", "millilitre"), "ml"),
    **dict.fromkeys(("l", "liter", "litre"), "l"),
    **dict.fromkeys(("dollar", "usd"), "dollar"),
    **dict.fromkeys(("cent",), "cent"),
}
"""Units that one answer may write so and another so; words without a plural's s."""
PRODUCT_OF_LETTERS: Final = 3
"""A word of more letters is a word; `abc` is a product."""
SAME_WORD_LETTERS: Final = 4
"""Words with as many letters alike at their start are taken for forms of one: apple, apples."""
_LONG_WORD: Final = re.compile(r"[^\W\d_]{3,}")
PERCENT_WORDS: Final = frozenset({"percent", "pct", "%"})
DEGREE_WORDS: Final = frozenset({"degrees", "degree", "deg"})


def unit_of(words: str) -> str | None:
    """The one name of a unit that is known; None for other words."""
    word = words.casefold().strip(" .")
    return UNITS.get(word) or UNITS.get(word.removesuffix("s"))


def same_unit(one: str, other: str) -> bool:
    """Whether units are one where both are known, and else whether they have a longer word in common."""
    units = unit_of(one), unit_of(other)
    if None not in units:
        return units[0] == units[1]
    nouns, other_nouns = (
        {word[:SAME_WORD_LETTERS] for word in _LONG_WORD.findall(text.casefold())} for text in (one, other)
    )
    anything = not nouns or not other_nouns or "unit" in nouns | other_nouns
    return anything or bool(nouns & other_nouns)


def is_words(word: str) -> bool:
    """Whether a run of letters after a number is words and not letters multiplied."""
    lower = word.lower()
    if word in PLAIN_FUNCTIONS or lower in CONSTANT_WORDS or word in JOINING_WORDS or word in GREEK:
        return False
    known = len(word) > 1 and unit_of(word) is not None
    return known or len(word) > PRODUCT_OF_LETTERS or lower in PERCENT_WORDS | DEGREE_WORDS
