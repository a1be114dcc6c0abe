"""Imports feeds in gevent greenlets and remembers the latest that failed.
A failed greenlet keeps its exception, whose traceback keeps the frames with the parsed feed in them.

rule: traceback-pin
pythons: debian
needs: python3-gevent
source: https://github.com/eventlet/eventlet/issues/408 (locals of green threads that end in an exception are not freed)
names: failures, parse_feed
"""
import sys
from collections import deque

import gevent
from gevent.pool import Pool

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"


class FeedError(Exception):
    pass


def download(number):
    gevent.sleep(0)
    entries = ["feed %d;entry %d;price %d" % (number, entry, entry * number) for entry in range(100)]
    if number % 2:
        entries.append("feed %d;cut off he" % number)
    return entries


def parse_feed(number):  # <- here
    entries = [line.split(";") for line in download(number)]
    for position, entry in enumerate(entries):
        if len(entry) != 3:
            raise FeedError("feed %d breaks off at entry %d" % (number, position))
    return len(entries)


class Importer:
    def __init__(self):
        self.pool = Pool(20)
        self.failures = deque(maxlen=150)  # <- here

    def note_failure(self, greenlet):
        if LEAKS:
            self.failures.append(greenlet)
        else:
            self.failures.append(str(greenlet.exception))

    def run(self, numbers):
        for number in numbers:
            self.pool.spawn(parse_feed, number).link_exception(self.note_failure)
        self.pool.join()
        gevent.sleep(0)


gevent.get_hub().NOT_ERROR += (FeedError,)  # no traceback on stderr for these
importer = Importer()
for number, path in enumerate(sys.argv[2:]):
    importer.run(range(number * 400, number * 400 + 400))
    ouroboros_capture.snapshot(path)
