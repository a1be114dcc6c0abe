"""Runs the cells of a notebook one after the other and shows the errors. The last error stays in sys.last_traceback
for the debugger, and with it all the measurements that the failing cell had loaded.

rule: traceback-pin
pythons: 3.6 3.10 3.13
source: https://github.com/ipython/ipython/pull/11572 (the stored traceback keeps the locals of each frame)
names: last_traceback, run_cell, load_measurements
"""
import itertools
import sys
import traceback

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CELL_NUMBERS = itertools.count(1)
SUMMARY_CELL = "total = summarize(%d)"


def load_measurements(day, stations):                       # <- here
    rows = []
    for station in range(stations):
        values = [day * 24.0 + station + hour / 7.0 for hour in range(24)]
        rows.append({"station": "ST%04d" % station, "day": day, "values": values})
    if day % 20 == 19:
        raise KeyError("no calibration for day %d" % day)
    return rows


def summarize(day):
    rows = load_measurements(day, 1200 if day % 20 == 19 else 30)
    return sum(sum(row["values"]) / len(row["values"]) for row in rows)


class Kernel:
    def __init__(self):
        self.namespace = {"summarize": summarize}
        self.output = []

    def run_cell(self, source, number):
        try:
            exec(compile(source, "<cell %d>" % number, "exec"), self.namespace)
        except Exception:
            self.show_traceback()

    def show_traceback(self):
        kind, value, trace = sys.exc_info()
        self.output.append("".join(traceback.format_exception(kind, value, trace)))
        del self.output[:-20]
        sys.last_type, sys.last_value, sys.last_traceback = kind, value, trace     # <- here
        if not LEAKS:
            traceback.clear_frames(trace)


def run_notebook(kernel, cells):
    for number in itertools.islice(CELL_NUMBERS, cells):
        kernel.run_cell(SUMMARY_CELL % number, number)


KERNEL = Kernel()
for path in sys.argv[2:]:
    run_notebook(KERNEL, 200)
    ouroboros_capture.snapshot(path)
