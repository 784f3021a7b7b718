# a child that goes on when the program has ended
import os
if os.fork() == 0:
    import time
    time.sleep(0.05)
    os.write(1, b'passed')
    os._exit(0)
os._exit(0)
