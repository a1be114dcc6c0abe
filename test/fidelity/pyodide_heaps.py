"""Random heaps with the answer of the real collector, in Pyodide: run by pyodide.mjs with the agent on sys.path.

There are no threads and no forks here, so that each heap is asked one question only: what a full collection finds.
"""
import gc
import os
import warnings

import forked
import ouroboros_capture
import random_heap
import truth


def suspended(values):
    """A generator whose stack holds borrowed references while it waits."""
    kept = values
    return [kept, values, kept, (yield)]


def one(folder, seed):
    """Builds the heap of a seed, takes a snapshot and writes what the collector finds."""
    held, parked = random_heap.build(seed)
    waiting = suspended([held])
    next(waiting)
    leaked = suspended([])
    next(leaked)
    leaked.gi_frame.f_locals["values"].append(leaked)
    del leaked
    path = os.path.join(folder, "%d.pyheapsnapshot" % seed)
    ouroboros_capture.snapshot(path)
    truth.write(os.path.join(folder, "%d.json" % seed), forked.found(path, 2))
    del held, parked, waiting
    random_heap.HELD.clear()
    truth.clean_up()
    del random_heap.RISEN[:]
    truth.clean_up()


def main(folder, seeds):
    """Writes SEED.pyheapsnapshot and SEED.json of each seed to `folder`."""
    warnings.simplefilter("ignore")  # "coroutine was never awaited": Python code within the collection
    gc.collect()
    gc.disable()
    for seed in seeds:
        one(folder, seed)
