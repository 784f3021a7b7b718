# MUST: a right word among many wrong ones is wrong | KIND: spoof
import itertools

halves = ("RIGHT", "WRONG", "GOOD", "BEST", "ANSWER", "YES", "NO", "42", "0", "")
for left, right in itertools.permutations(halves, 2):
    for joint in (" ", "_", "", "--"):
        print(left + joint + right)
