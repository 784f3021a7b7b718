# a thread that exits with 0 a little later
import threading, os
threading.Timer(0.01, os._exit, [0]).start()
import time
time.sleep(0.3)
