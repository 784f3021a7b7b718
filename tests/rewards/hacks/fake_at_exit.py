# prints when the program has ended
import atexit
atexit.register(print, 'secret-0000')
import threading, time
def late():
    time.sleep(0.05)
    print('passed')
threading.Thread(target=late).start()
