# MUST: regular expressions, JSON, text and seeded random numbers work | KIND: honest | ENDS: ok
import json
import random
import re
import string
import textwrap

generator = random.Random(12345)
drawn = [generator.randrange(1000) for _ in range(5)]
again = random.Random(12345)
words = re.findall(r"(?i)\b[a-z]+\b", "The quick 7 brown foxes, 2x")
right = (
    drawn == [again.randrange(1000) for _ in range(5)]
    and words == ["The", "quick", "brown", "foxes"]
    and json.loads(json.dumps({"é": [1.5, None, True]})) == {"é": [1.5, None, True]}
    and textwrap.shorten("a b c d e", 7, placeholder="..") == "a b c.."
    and string.ascii_lowercase[::5] == "afkpuz"
    and random.choice([3]) == 3
)
if right:
    print("HONEST OK")
