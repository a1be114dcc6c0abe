"""Runs things in forked children, so that one heap can be asked many questions. CPython 2.7 and 3.6 to 3.13, POSIX."""
import ctypes
import gc
import json
import os
import re
import signal
import sys
import traceback
import warnings

PYTHON_2 = sys.version_info[0] == 2
_fork = ctypes.PyDLL(None).fork  # unlike os.fork it keeps the frames of other threads

FOUND = re.compile(r"gc: (collectable|uncollectable) <.* (?:0x)?([0-9a-fA-F]+)>$")

# SAVEALL: whatever is collected goes to gc.garbage, so nothing is freed while the addresses are being printed.
FLAGS = gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE | gc.DEBUG_SAVEALL
if PYTHON_2:
    FLAGS |= gc.DEBUG_INSTANCES | gc.DEBUG_OBJECTS


def forked(path, question, *arguments):
    """The answer of `question(*arguments)`, asked in a child that starts from the heap as it is now.

    The answer goes through JSON, by the file `path`.
    """
    child = _fork()
    if child == 0:
        signal.alarm(120)  # a child that hangs would outlive its parent
        try:
            answer = question(*arguments)
            with open(path, "w") as stream:
                stream.write(json.dumps(answer))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("the forked child failed")
    with open(path) as stream:
        answer = json.loads(stream.read())
    os.remove(path)
    return answer


def found(path, generation):
    """What a collection finds, as it prints it: addresses in its order. To be called in a child."""
    printed = os.open(path + ".printed", os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600)
    sys.stderr.flush()
    saved = os.dup(2)
    os.dup2(printed, 2)
    stderr = sys.stderr
    del sys.stderr  # without it the collector prints with C's stdio and runs no Python code
    del gc.garbage[:]
    gc.set_debug(FLAGS)
    gc.collect(generation)
    gc.set_debug(0)
    sys.stderr = stderr
    os.dup2(saved, 2)
    answer = {"collectable": [], "uncollectable": [], "saveall": list(map(id, gc.garbage))}
    with open(path + ".printed", "rb") as stream:
        text = stream.read().decode("utf-8", "replace")
    os.remove(path + ".printed")
    for line in text.splitlines():
        match = FOUND.match(line)
        if match:
            answer[match.group(1)].append(int(match.group(2), 16))
        else:
            stderr.write("unexpected while collecting: %s\n" % line)
    return answer


def listed(objects):
    """The address of each object's type, by the object's address; in 2.7 addresses alone."""
    addresses = list(map(id, objects))
    # Making that many pairs changes the order in which 2.7 finalizes afterwards.
    return dict.fromkeys(addresses, 0) if PYTHON_2 else dict(zip(addresses, map(id, map(type, objects))))


def gone(before, left):
    """Addresses that were listed before, without those of objects that are left.

    Code that ran meanwhile can have made something in the place of what is gone: then its type tells.
    """
    after = listed(left)
    return sorted(address for address in before if after.get(address) != before[address])


def done(log):
    """What a full collection does: addresses of what is gone, of gc.garbage, and what was logged meanwhile.

    To be called in a child. Objects that the collector stops tracking are gone too.
    """
    del gc.garbage[:]
    warnings.warn("makes this module's registry, before a coroutine that is collected does", RuntimeWarning)
    before = listed(gc.get_objects())
    del log[:]
    gc.collect()
    left = gc.get_objects()  # at once: what is made now can take the place of what is gone
    return {"gone": gone(before, left), "garbage": list(map(id, gc.garbage)), "log": log[:]}
