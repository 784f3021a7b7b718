# MUST: threads, locks and queues work | KIND: honest | ENDS: ok
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

done = queue.Queue()
lock = threading.Lock()
total = 0


def add(count):
    global total
    for _ in range(count):
        with lock:
            total += 1
    done.put(count)


threads = [threading.Thread(target=add, args=(1000,)) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with ThreadPoolExecutor(2) as pool:
    squares = list(pool.map(lambda number: number * number, range(10)))
if total == 3000 and done.qsize() == 3 and sum(squares) == 285:
    print("HONEST OK")
