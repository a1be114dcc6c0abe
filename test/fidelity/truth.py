"""Takes a snapshot, then asks the real collector what it finds and does, and writes that beside the snapshot.

Runs on CPython 2.7 and 3.6 to 3.13. Each question is asked in a forked child, so that all are about the same heap.
What happens between the snapshot and a collection changes neither what is unreachable nor its order: everything that
is needed is made before, and what is made meanwhile is alive.
"""
import gc
import json
import sys
import types

import forked

PYTHON_2 = sys.version_info[0] == 2


def measure(snapshot, path, log):
    """Calls `snapshot(path)` and then collects, in children. Returns addresses in the collector's order.

    `log` is a list to which the program's finalizers append the address of their object, and its weakref callbacks the
    negative address of the weak reference: what they log during the collection is part of the answer.
    """
    del gc.garbage[:]
    scratch = path + ".answer"
    snapshot(path)
    answer = forked.forked(scratch, forked.found, scratch, 2)
    answer["plain"] = forked.forked(scratch, forked.done, log)
    # 2.7 does not tell where its generations begin, so there is nothing to compare.
    answer["young"] = [] if PYTHON_2 else [
        forked.forked(scratch, forked.found, scratch, generation) for generation in (0, 1)
    ]
    return answer


def write(path, answer):
    """Writes an answer as JSON."""
    with open(path, "w") as stream:
        stream.write(json.dumps(answer))


def clean_up():
    """Frees what the last case left, so that the next one in this process starts from nearly the same heap.

    Up to 3.7 functions have no tp_clear: a cycle of nothing but functions and tuples is found by each collection and
    freed by none. Such ones stay, and are part of the next answers.
    """
    if hasattr(gc, "unfreeze"):
        gc.unfreeze()
    del gc.garbage[:]
    before = -1
    found = gc.collect()
    while gc.garbage or found != before:
        for left in gc.garbage:  # only what has a legacy finalizer is here now that SAVEALL is off
            _break_up(left)
        left = None
        del gc.garbage[:]
        before = found
        found = gc.collect()


def _break_up(left):
    if isinstance(left, types.GeneratorType):
        left.close()
        return
    left.__dict__.clear()
    for kind in getattr(type(left), "__mro__", ()):
        if kind is not type(left) and "__del__" in kind.__dict__:
            left.__class__ = kind  # lets go of a class that was made for this object
