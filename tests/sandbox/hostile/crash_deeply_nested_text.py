# MUST: compiling deeply nested text ends the program only | KIND: crash
for text in ("(" * 100_000, "[" * 90 + "]" * 90, "-" * 100_000 + "1", "f(" * 5000 + ")" * 5000):
    try:
        compile(text, "deep", "eval")
    except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
        print(type(error).__name__)
