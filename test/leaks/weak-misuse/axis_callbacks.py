"""Draws charts whose artists listen for unit changes through a registry of weak methods.
When an artist dies, one of the registry's two tables keeps the dead weak reference.

rule: weak-misuse
pythons: 3.6 3.9 3.13
source: https://github.com/matplotlib/matplotlib/issues/19474 (CallbackRegistry._func_cid_map keeps dead weakrefs)
names: func_cids, CallbackRegistry
"""
import itertools
import sys
import weakref

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"


class CallbackRegistry:
    def __init__(self):
        self.callbacks = {}  # signal -> {number: weak method}
        self.func_cids = {}  # signal -> {weak method: number}  # <- here
        self.numbers = itertools.count()

    def connect(self, signal, method):
        proxy = weakref.WeakMethod(method, self.remove)
        cids = self.func_cids.setdefault(signal, {})
        if proxy not in cids:
            cids[proxy] = next(self.numbers)
            self.callbacks.setdefault(signal, {})[cids[proxy]] = proxy

    def remove(self, proxy):
        for signal, cids in list(self.func_cids.items()):
            number = cids.get(proxy) if LEAKS else cids.pop(proxy, None)
            self.callbacks[signal].pop(number, None)
            if not self.callbacks[signal]:
                del self.callbacks[signal], self.func_cids[signal]

    def process(self, signal, *arguments):
        for proxy in list(self.callbacks.get(signal, {}).values()):
            method = proxy()
            if method is not None:
                method(*arguments)


units = CallbackRegistry()


class Artist:
    def __init__(self, points):
        self.points = points
        units.connect("units", self.rescale)

    def rescale(self, factor):
        self.points = [point * factor for point in self.points]


def draw_chart(series):
    artists = [Artist([number * 0.37 + index for index in range(6)]) for number in range(series)]
    units.process("units", 1.5)
    return max(max(artist.points) for artist in artists)


def work():
    for number in range(400):
        draw_chart(3 + number % 5)


frame = Artist([0.1, 0.9])  # lives as long as the window
for path in sys.argv[2:]:
    work()
    ouroboros_capture.snapshot(path)
