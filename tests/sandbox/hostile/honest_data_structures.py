# MUST: the containers and algorithms of the standard library work | KIND: honest | ENDS: ok
import bisect
import collections
import heapq
import itertools
import operator

heap = [5, 3, 8, 1]
heapq.heapify(heap)
ordered = [heapq.heappop(heap) for _ in range(4)]
counts = collections.Counter("mississippi").most_common(2)
queue = collections.deque(range(5), maxlen=3)
groups = collections.defaultdict(list)
for key, value in zip("abab", itertools.count()):
    groups[key].append(value)
pairs = sum(1 for _ in itertools.combinations(range(20), 3))
sums = list(itertools.accumulate([1, 2, 3, 4], operator.mul))
right = (
    ordered == [1, 3, 5, 8]
    and sorted(counts) == [("i", 4), ("s", 4)]
    and list(queue) == [2, 3, 4]
    and groups == {"a": [0, 2], "b": [1, 3]}
    and (pairs, sums, bisect.bisect([1, 2, 2, 3], 2)) == (1140, [1, 2, 6, 24], 3)
)
if right:
    print("HONEST OK")
