# MUST: a program without its three streams ends, and the next one has them | KIND: crash
import os

for descriptor in range(3):
    os.close(descriptor)
print("nobody hears this")
