# MUST: an event loop of its own works, as far as no connection goes out | KIND: honest | ENDS: ok
import asyncio


async def later(value):
    await asyncio.sleep(0.001)
    return value


async def main():
    return await asyncio.gather(*map(later, range(5)))


if asyncio.run(main()) == [0, 1, 2, 3, 4]:
    print("HONEST OK")
