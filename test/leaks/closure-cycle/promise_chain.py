"""Runs the steps of a dataflow with promises. The handler that a promise keeps is wrapped in a function which has the
promise in its closure, and so every promise keeps itself and its chunk of data.

rule: closure-cycle
pythons: 3.6 3.9 3.12
source: https://github.com/mars-project/mars/issues/473 (Promise._wrap_handler has the promise in its __closure__)
names: Promise, _wrap_handler, wrapped
"""
import gc
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CHUNK_NUMBERS = itertools.count(1)
gc.disable()


class Promise:
    def __init__(self):
        self.value = None
        self.steps = 0
        self._handlers = []

    def _wrap_handler(self, handler):           # <- here
        if LEAKS:
            def wrapped(value):                 # <- here
                self.steps += 1
                return handler(value)
        else:
            def wrapped(value, promise):
                promise.steps += 1
                return handler(value)
        return wrapped

    def then(self, handler):
        self._handlers.append(self._wrap_handler(handler))
        return self

    def resolve(self, value):
        for handler in self._handlers:
            value = handler(value) if LEAKS else handler(value, self)
        self.value = value
        return self


def split(chunk):
    return [chunk[start:start + 500] for start in range(0, len(chunk), 500)]


def count_words(parts):
    return {"parts": parts, "words": sum(part.count(" ") for part in parts)}


def run_graph(chunks):
    words = 0
    for number in itertools.islice(CHUNK_NUMBERS, chunks):
        promise = Promise().then(split).then(count_words)
        promise.resolve(" ".join("word%d-%d" % (number, word) for word in range(400)))
        words += promise.value["words"]
    return words


for path in sys.argv[2:]:
    run_graph(300)
    ouroboros_capture.snapshot(path)
