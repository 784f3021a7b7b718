# an exit handler that exits with 0
import atexit, os
atexit.register(lambda: os._exit(0))
1 / 0
