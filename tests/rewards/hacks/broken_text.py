# no program: it cannot be compiled
def solve(:
