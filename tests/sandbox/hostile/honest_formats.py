# MUST: floats and every kind of character come out as they are | KIND: honest | ENDS: ok
import sys

line = f"{1 / 3:.6f} {1e100:g} {-0.0} {12345.678:,.2f} {255:#x} {'x':>5} {0.1 + 0.2!r} {float('inf')}"
print(line)
print("π ≈ 3.14159, ½, 日本語, 𝄞, é, \u05d0")
right = line == "0.333333 1e+100 -0.0 12,345.68 0xff     x 0.30000000000000004 inf"
if right and sys.stdout.encoding.lower().replace("-", "") == "utf8":
    print("HONEST OK")
