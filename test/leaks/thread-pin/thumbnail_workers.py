"""Makes thumbnails in worker threads, each of which is fed by a queue of its own.
While a worker waits for its next upload, its local variables keep the last upload and the decoded picture.

rule: thread-pin
pythons: 2.7 3.8 3.12
source: https://github.com/python-trio/trio/issues/1958 (idle worker threads hold on to what the last job left, also twisted/twisted#10596)
names: worker, picture
"""
import sys
import threading
import time

import ouroboros_capture

try:
    from queue import Queue
except ImportError:
    from Queue import Queue

LEAKS = sys.argv[1] == "leak"


class Picture(object):
    def __init__(self, upload):
        self.width, self.height = 800, 600
        self.pixels = bytearray(upload) * 600
        self.rows = [memoryview(self.pixels)[row * 800:(row + 1) * 800] for row in range(self.height)]

    def thumbnail(self):
        return bytearray(row[0] if isinstance(row[0], int) else ord(row[0]) for row in self.rows[::10])


class Store(object):
    def __init__(self):
        self.thumbnails = {}

    def put(self, name, thumbnail):
        self.thumbnails[name] = thumbnail


def worker(uploads, store):  # <- here
    while True:
        name, upload = uploads.get()
        picture = Picture(upload)  # <- here
        store.put(name, picture.thumbnail())
        if not LEAKS:
            del upload, picture
        uploads.task_done()


def start_workers(store, count):
    queues = [Queue() for _ in range(count)]
    for uploads in queues:
        thread = threading.Thread(target=worker, args=(uploads, store))
        thread.daemon = True
        thread.start()
    return queues


def work(queues):
    for number in range(240):
        upload = bytearray((number + column) % 256 for column in range(800))
        queues[number % len(queues)].put(("avatar-%d" % number, upload))
    for uploads in queues:
        uploads.join()
    time.sleep(0.2)  # let them block


thumbnails = Store()
worker_queues = start_workers(thumbnails, 6)
for path in sys.argv[2:]:
    work(worker_queues)
    ouroboros_capture.snapshot(path)
