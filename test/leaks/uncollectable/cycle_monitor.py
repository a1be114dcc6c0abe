"""Serves requests that end in reference cycles and now and then looks for such cycles with the collector's debug flag.
The monitor does not switch the flag off again, and the collector thus keeps all that it finds.

rule: uncollectable
pythons: 3.6 3.9 3.13
source: https://github.com/reddit/baseplate.py/pull/315 (DEBUG_SAVEALL to find cycles; see yt-dlp/yt-dlp#1949 on gc.garbage that grows)
names: garbage, Exchange
"""
import gc
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
gc.disable()  # collected between the requests only


class Exchange:
    def __init__(self, number):
        self.request = Request(self, number)
        self.response = Response(self)


class Request:
    def __init__(self, exchange, number):
        self.exchange = exchange
        self.body = "order=%d&" % number * 100


class Response:
    def __init__(self, exchange):
        self.exchange = exchange
        self.chunks = []

    def write(self, text):
        self.chunks.append(text)


class CycleMonitor:
    def __init__(self):
        self.found = {}

    def sample(self):
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)  # <- here
        serve(0)
        gc.collect()
        for thing in gc.garbage:
            kind = type(thing).__name__
            self.found[kind] = self.found.get(kind, 0) + 1
        if not LEAKS:
            gc.set_debug(0)
        del gc.garbage[:]


def serve(number):
    exchange = Exchange(number)
    exchange.response.write("accepted %s" % exchange.request.body[:12])
    return len(exchange.response.chunks)


def work(monitor):
    monitor.sample()
    for number in range(1, 400):
        serve(number)
        if number % 100 == 0:
            gc.collect()
    gc.collect()


reference_cycles = CycleMonitor()
for path in sys.argv[2:]:
    work(reference_cycles)
    ouroboros_capture.snapshot(path)
