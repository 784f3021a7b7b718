# MUST: large, exact and decimal numbers work | KIND: honest | ENDS: ok
import decimal
import fractions
import math

decimal.getcontext().prec = 50
root = decimal.Decimal(2).sqrt()
third = sum([fractions.Fraction(1, 6)] * 2)
right = (
    str(root).startswith("1.414213562373095048801688724209698078569671875")
    and third == fractions.Fraction(1, 3)
    and pow(3, 10**6, 10**9 + 7) == pow(pow(3, 10**3, 10**9 + 7), 10**3, 10**9 + 7)
    and math.comb(60, 30) == math.factorial(60) // math.factorial(30) ** 2
    and len(str(2**4000)) == 1205
    and math.isclose(math.fsum([0.1] * 10), 1.0, rel_tol=0)
)
if right:
    print("HONEST OK")
