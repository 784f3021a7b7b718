# MUST: a coroutine is not a value | KIND: function
async def solve(n):
    class Awaited:
        def __await__(self):
            while True:
                yield

    return await Awaited()
