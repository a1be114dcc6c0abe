"""Formats numeric tables for a report page. The formatter recurses with an inner function that calls itself through
its own closure, and the cycle keeps the table of each call.

rule: closure-cycle
pythons: 2.7 3.8 3.13
source: https://github.com/numpy/numpy/issues/10620 (the recursive closure in arrayprint keeps the printed array)
names: format_table, recurse
"""
import gc
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
TABLE_NUMBERS = itertools.count(1)
gc.disable()


def _recurse(table, index, depth, precision):
    """The elements below an index, one line for each row of numbers."""
    part = table
    for position in index:
        part = part[position]
    if depth == 1:
        return "[" + " ".join("%.*f" % (precision, number) for number in part) + "]"
    lines = [_recurse(table, index + (position,), depth - 1, precision) for position in range(len(part))]
    return "[" + ("\n" + " " * len(index)).join(lines) + "]"


def format_table(table, depth, precision=3):        # <- here
    if not LEAKS:
        return _recurse(table, (), depth, precision)

    def recurse(index, depth):                      # <- here
        part = table
        for position in index:
            part = part[position]
        if depth == 1:
            return "[" + " ".join("%.*f" % (precision, number) for number in part) + "]"
        lines = [recurse(index + (position,), depth - 1) for position in range(len(part))]
        return "[" + ("\n" + " " * len(index)).join(lines) + "]"

    return recurse((), depth)


def measure(number):
    """A table of 3 x 10 x 8 readings."""
    return [[[number + (plane * 80 + row * 8 + column) / 7.0 for column in range(8)] for row in range(10)]
            for plane in range(3)]


def print_report(tables):
    return sum(len(format_table(measure(number), 3)) for number in itertools.islice(TABLE_NUMBERS, tables))


for path in sys.argv[2:]:
    print_report(300)
    ouroboros_capture.snapshot(path)
