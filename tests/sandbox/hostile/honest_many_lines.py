# MUST: a hundred thousand lines under the limit come out whole | KIND: honest | ENDS: ok
import sys

for number in range(20_000):
    print(number)
sys.stdout.write("\n".join(map(str, range(20_000, 100_000))) + "\n")
print("HONEST OK")
