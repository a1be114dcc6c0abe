"""Sums up the shards of a ledger in a thread pool; each thread has scratch space of its own.
The rows of the last shard stay in the thread-local while the thread is idle in the pool.

rule: thread-pin
pythons: 3.6 3.9 3.13
source: https://github.com/cherrypy/cherrypy/issues/496 (thread-locals keep the last request of every pool thread, see also celery/celery#1976)
names: scratch, rows
"""
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
SHARDS = 4

scratch = threading.local()  # <- here
phase = threading.Barrier(SHARDS)


class Posting:
    __slots__ = ("account", "amount")

    def __init__(self, account, amount):
        self.account = account
        self.amount = amount


def read_shard(month, shard):
    return [Posting("%d-%d-%d" % (month, shard, number), number * 100 + shard) for number in range(4000)]


def balance():
    return sum(posting.amount for posting in scratch.rows)


def scan(month, shard):
    scratch.rows = read_shard(month, shard)  # <- here
    try:
        phase.wait()  # all shards are read at one time
        return balance()
    finally:
        if not LEAKS:
            del scratch.rows


class Ledger:
    def __init__(self):
        self.pool = ThreadPoolExecutor(SHARDS)
        self.months = 0

    def close_month(self):
        self.months += 1
        scans = [self.pool.submit(scan, self.months, shard) for shard in range(SHARDS)]
        return sum(result.result() for result in scans)


def work(ledger):
    for _ in range(50):
        ledger.close_month()
    time.sleep(0.2)  # let the threads block


yearbook = Ledger()
for path in sys.argv[2:]:
    work(yearbook)
    ouroboros_capture.snapshot(path)
