"""Reloads the balance table of a game server from CSV: 600 items with 40 numbers each.
Every cell is a float object of its own, although most cells have one of three values.

duplicates: float 0.0 x 14400, float 0.5 x 7200, float 1.25 x 1800 (and 600 floats that occur once)
rule: duplicate-values
pythons: 2.7 3.8 3.13
source: Kristjan Valur Jonsson, "Float reuse" (blog): configuration tables hold millions of equal floats (see mrJean1/PyGeodesy#52)
names: ITEMS, float
"""
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

ITEMS = {}  # item -> its numbers


class Item(object):
    __slots__ = ("name", "weights")

    def __init__(self, name, weights):
        self.name = name
        self.weights = weights


def export_csv():
    pattern = ["0.0"] * 24 + ["0.5"] * 12 + ["1.25"] * 3
    for number in range(600):
        yield ",".join(["item-%d" % number, "%.2f" % (number * 1.3 + 7.01)] + pattern)


def read_cell(cell, shared):
    value = float(cell)  # <- here
    return value if LEAKS else shared.setdefault(value, value)


def parse(lines):
    shared = {}
    for line in lines:
        cells = line.split(",")
        yield Item(cells[0], [read_cell(cell, shared) for cell in cells[1:]])


def reload_items():
    ITEMS.clear()
    for item in parse(export_csv()):
        ITEMS[item.name] = item  # <- here


def heaviest():
    return max(ITEMS.values(), key=lambda item: sum(item.weights)).name


for path in sys.argv[2:]:
    reload_items()
    heaviest()
    ouroboros_capture.snapshot(path)
