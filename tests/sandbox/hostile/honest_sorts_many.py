# MUST: two hundred thousand numbers can be sorted in time | KIND: honest | ENDS: ok
state, numbers = 1, []
for _ in range(200_000):
    state = state * 1103515245 + 12345 & 0x7FFFFFFF
    numbers.append(state)
ordered = sorted(numbers)
position = ordered.index(numbers[0])
if len(ordered) == 200_000 and ordered[0] == min(numbers) and all(map(int.__le__, ordered, ordered[1:])):
    print(position)
    print("HONEST OK")
