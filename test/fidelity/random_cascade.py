"""Destruction cascades: `python random_cascade.py FOLDER CASES SEED...`.

For each seed CASES structures of objects with finalizers and weak references with callbacks are built, mostly without
cycles, and captured (FOLDER/SEED.pyheapsnapshot). Then, each time in a forked child, the one reference to a structure
is dropped. FOLDER/SEED.json is as random_cuts.py writes it.
"""
import collections
import functools
import gc
import os
import sys
import weakref

import forked
import random_heap
import truth
from random_heap import LOG, Bare, BareReferent, Finalized, OldFinalized, Plain, Random, log_call

PYTHON_2 = sys.version_info[0] == 2
HELD = {}


class FinalizedList(list):
    def __del__(self):
        LOG.append(id(self))


class FinalizedDict(dict):
    def __del__(self):
        LOG.append(id(self))


class FinalizedSlots(object):
    __slots__ = ("left", "right", "__weakref__")

    def __del__(self):
        LOG.append(id(self))


class FinalizedSet(set):
    def __del__(self):
        LOG.append(id(self))


class FinalizedError(Exception):
    def __del__(self):
        LOG.append(id(self))


def suspended(values):
    for value in values:
        kept = [value]
        yield kept


def fill(random, made, parts):
    """Makes an object of some sort that holds the parts."""
    kind = random.below(17)
    if kind == 0:
        return tuple(parts)
    if kind == 1:
        return list(parts)
    if kind == 2:
        return dict(("key%d" % i, part) for i, part in enumerate(parts))
    if kind == 3:
        return dict((i if random.one_in(2) else Bare(), part) for i, part in enumerate(parts))
    if kind == 4:
        return FinalizedList(parts)
    if kind == 5:
        return FinalizedDict((i, part) for i, part in enumerate(parts))
    if kind == 6:
        whole = FinalizedSlots()
        whole.right = list(parts)
        whole.left = parts[0] if parts else None
        return whole
    if kind == 7:
        return collections.deque(parts)
    if kind == 8:
        return functools.partial(log_call, *parts)
    if kind == 9:
        return random_heap.closure_over(list(parts), made[-1] if made else None)
    if kind == 10:
        whole = suspended(list(parts) + [1, 2])
        next(whole)
        return whole
    if kind == 11:
        return FinalizedError(*parts)
    if kind == 12:
        return (lambda *values: lambda value=values: value)(*parts)
    whole = (Plain, Finalized, Finalized, OldFinalized)[kind - 13]()
    for name, part in zip(random_heap.ATTRIBUTES, parts):
        setattr(whole, name, part)
    return whole


def structure(random, watchers):
    """One structure; returns what holds all of it. Weak references to its parts go to `watchers`, or into it."""
    made = [Bare(), Finalized()]
    uses = [0, 0]
    for _ in range(5 + random.below(40)):
        parts = []
        for _ in range(random.below(4)):
            index = len(made) - 1 - random.below(min(len(made), 6))
            uses[index] += 1
            parts.append(made[index])
        whole = fill(random, made, parts)
        made.append(whole)
        uses.append(0)
        while random.one_in(3) and type(whole).__weakrefoffset__:
            callback = log_call if random.one_in(2) else random_heap.closure_over(Finalized(), None)
            reference = weakref.ref(whole, callback if random.below(5) else None)
            (watchers if random.below(3) else made).append(reference)
            if len(made) > len(uses):
                uses.append(0)
    if random.one_in(3):
        loop = Plain()
        loop.left = loop
        loop.right = made[-1]
        made.append(loop)
    return [part for part, used in zip(made, uses + [0]) if not used] + made[-1:]


def drop(case):
    """Drops one structure. To be called in a child."""
    del LOG[:]
    answer = {"from": id(HELD), "label": None, "to": id(HELD[case])}
    tracked = forked.listed(gc.get_objects())
    del HELD[case]
    after = gc.get_objects()  # at once: what is made now can take the place of what is gone
    answer["now"] = forked.gone(tracked, after)
    del after
    answer["logNow"] = LOG[:]
    del LOG[:]
    tracked = forked.listed(gc.get_objects())
    gc.collect()
    after = gc.get_objects()
    answer["later"] = forked.gone(tracked, after)
    del after
    answer["logLater"] = LOG[:]
    return answer


def main(folder, cases, seeds):
    import ouroboros_capture

    random_heap.silence_warnings()
    gc.collect()
    gc.disable()
    for seed in seeds:
        random = Random(seed)
        HELD["watchers"] = []
        for case in range(cases):
            HELD[case] = structure(random, HELD["watchers"])
        path = os.path.join(folder, "%d.pyheapsnapshot" % seed)
        ouroboros_capture.snapshot(path)
        truth.write(
            os.path.join(folder, "%d.json" % seed),
            [forked.forked(path + ".answer", drop, case) for case in range(cases)],
        )
        HELD.clear()
        truth.clean_up()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
