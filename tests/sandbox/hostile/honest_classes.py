# MUST: data classes, enums and what else makes classes work | KIND: honest | ENDS: ok
import enum
import functools
from dataclasses import dataclass, field
from typing import NamedTuple


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Point(NamedTuple):
    x: int
    y: int = 0


@functools.total_ordering
@dataclass
class Node:
    cost: int
    name: str = field(default="", compare=False)
    next: "Node | None" = field(default=None, compare=False)

    def __lt__(self, other):
        return self.cost < other.cost


nodes = sorted([Node(3, "c"), Node(1, "a"), Node(2, "b")])
if [node.name for node in nodes] == ["a", "b", "c"] and Point(1).y == 0 and Color(2) is Color.BLUE:
    print("HONEST OK")
