"""Takes a snapshot, then asks the real collector what it finds, and writes that beside the snapshot.

Runs on CPython 2.7 and 3.6 to 3.13. What happens between the snapshot and the collection changes neither what is
unreachable nor its order: everything that is needed is made before, and what is made meanwhile is alive.
"""
import gc
import json
import os
import re
import sys
import tempfile
import types

PYTHON_2 = sys.version_info[0] == 2
FOUND = re.compile(r"gc: (collectable|uncollectable) <.* (?:0x)?([0-9a-fA-F]+)>$")

# SAVEALL: whatever is collected goes to gc.garbage, so nothing is freed while the addresses are being printed.
FLAGS = gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE | gc.DEBUG_SAVEALL
if PYTHON_2:
    FLAGS |= gc.DEBUG_INSTANCES | gc.DEBUG_OBJECTS


def measure(snapshot, path, finalized, called):
    """Calls `snapshot(path)` and then collects. Returns addresses in the collector's order.

    `finalized` and `called` are lists to which the program's finalizers and weakref callbacks append the addresses
    of the object and of the weak reference: what they log during the collection is part of the answer.
    """
    del gc.garbage[:]
    printed = tempfile.TemporaryFile()
    printed_fd = printed.fileno()
    saved_fd = os.dup(2)
    stderr = sys.stderr
    stderr.flush()
    del finalized[:], called[:]
    snapshot(path)
    os.dup2(printed_fd, 2)
    del sys.stderr  # without it the collector prints with C's stdio and runs no Python code
    gc.set_debug(FLAGS)
    gc.collect()
    gc.set_debug(0)
    sys.stderr = stderr
    os.dup2(saved_fd, 2)
    os.close(saved_fd)
    answer = {
        "collectable": [],
        "uncollectable": [],
        "saveall": list(map(id, gc.garbage)),
        "finalizers": list(finalized),
        "callbacks": list(called),
    }
    printed.seek(0)
    for line in printed.read().decode("utf-8", "replace").splitlines():
        found = FOUND.match(line)
        if found:
            answer[found.group(1)].append(int(found.group(2), 16))
        else:
            stderr.write("unexpected while collecting: %s\n" % line)
    printed.close()
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
