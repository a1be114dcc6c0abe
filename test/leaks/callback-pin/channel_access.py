"""Reads process variables of a control system. Each PV object puts its bound methods into the cache of the channel
layer, where they stay after it has been disconnected, and keep it with its monitored values.

rule: callback-pin
pythons: 2.7 3.8 3.12
source: https://github.com/pyepics/pyepics/issues/10 (PV objects with callbacks in ca._cache are never collected)
names: _cache, PV, create_channel
"""
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
SCAN_NUMBERS = itertools.count(1)
_cache = {}                                     # <- here


def create_channel(name, on_connect, on_change):    # <- here
    callbacks = _cache.setdefault(name, {"connect": [], "change": []})
    callbacks["connect"].append(on_connect)
    callbacks["change"].append(on_change)
    on_connect(name)


def clear_channel(name, on_connect, on_change):
    callbacks = _cache[name]
    callbacks["connect"].remove(on_connect)
    callbacks["change"].remove(on_change)


def post_event(name, value):
    for on_change in _cache[name]["change"][-1:]:
        on_change(value)


class PV(object):                               # <- here
    def __init__(self, name, scan):
        self.name = name
        self.scan = scan
        self.connected = False
        self.history = []
        create_channel(name, self._on_connect, self._on_change)

    def _on_connect(self, name):
        self.connected = True

    def _on_change(self, value):
        self.history.append({"value": value, "scan": self.scan, "severity": 0})

    def disconnect(self):
        self.connected = False
        if not LEAKS:
            clear_channel(self.name, self._on_connect, self._on_change)


def scan_motor(scan):
    pv = PV("BL7:motor%d.RBV" % (scan % 8), scan)
    for step in range(30):
        post_event(pv.name, scan + step / 7.0)
    pv.disconnect()
    return max(event["value"] for event in pv.history)


def beam_time(scans):
    return [scan_motor(scan) for scan in itertools.islice(SCAN_NUMBERS, scans)][-1]


for path in sys.argv[2:]:
    beam_time(300)
    ouroboros_capture.snapshot(path)
