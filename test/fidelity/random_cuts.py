"""Random cuts, really performed: `python random_cuts.py FOLDER CUTS SEED...`.

For each seed the heap of random_heap.py is built and captured (FOLDER/SEED.pyheapsnapshot). Then, each time in a forked
child, one reference is chosen and really taken away: an entry of a container, an attribute, the content of a cell.
FOLDER/SEED.json says which ones, what died at once, what a full collection freed then, and what ran meanwhile.
"""
import collections
import gc
import os
import sys
import types
import warnings

import forked
import random_heap
import truth
from random_heap import LOG, Random

CELL = type((lambda value: lambda: value)(1).__closure__[0])
CLEARABLE_CELLS = sys.version_info >= (3, 7)
DICTS = (dict, random_heap.DictSub, collections.defaultdict)
SEQUENCES = (list, random_heap.ListSub, collections.deque, random_heap.DequeSub)
SETS = (set, random_heap.SetSub)
INSTANCES = random_heap.WITH_DICT + random_heap.WITH_SLOTS + (random_heap.Failure,)


def entry_of_dict(random, source):
    keys = list(dict.keys(source))
    key = random.choice(keys)
    return dict.__getitem__(source, key), None, lambda: dict.__delitem__(source, key)


def entry_of_sequence(random, source):
    index = random.below(len(source))
    value = source[index]

    def perform():
        del source[index]

    return value, None, perform


def element_of_set(random, source):
    value = random.choice(list(source))
    return value, None, lambda: source.discard(value)


def attribute(random, source):
    held = [name for name in random_heap.ATTRIBUTES if hasattr(source, name)]
    if not held:
        return None
    name = random.choice(held)
    value = getattr(source, name)
    # From 3.13 on, an instance that has another one's __dict__ has values that lie in that one.
    own = gc.get_referents(source)
    own += [item for held in own if isinstance(held, dict) for item in gc.get_referents(held)]
    if not any(item is value for item in own):
        return None
    return value, "." + name, lambda: delattr(source, name)


def defaults(_, source):
    if source.__defaults__ is None:
        return None

    def perform():
        source.__defaults__ = None

    return source.__defaults__, ".__defaults__", perform


def content_of_cell(_, source):
    try:
        value = source.cell_contents
    except ValueError:
        return None

    def perform():
        del source.cell_contents

    return value, None, perform


def way(kind):
    """How to take a reference away from an object of this type, or None."""
    if kind in DICTS:
        return entry_of_dict
    if kind in SEQUENCES:
        return entry_of_sequence
    if kind in SETS:
        return element_of_set
    if kind in INSTANCES or getattr(kind, "__name__", "") == "instance":
        return attribute
    if kind is types.FunctionType:
        return defaults
    if kind is CELL and CLEARABLE_CELLS:
        return content_of_cell
    return None


def choose(random, pool):
    """One object that the heap of this seed brought, with the way to cut something from it.

    None where there is hardly any: what is frozen is not listed.
    """
    able = [item for item in gc.get_objects() if id(item) in pool and way(type(item)) is not None]
    for _ in range(1000 if able else 0):
        source = random.choice(able)
        if isinstance(source, SETS + SEQUENCES + DICTS) and not len(source):
            continue
        chosen = way(type(source))(random, source)
        if chosen is None:
            continue
        value, label, perform = chosen
        if label is not None or sum(1 for item in gc.get_referents(source) if item is value) == 1:
            return {"from": id(source), "label": label, "to": id(value)}, perform
    return None


def cut(seed, number, pool):
    """Performs one cut. To be called in a child."""
    warnings.warn("makes this module's registry, before a coroutine that dies does", RuntimeWarning)
    random = Random(seed * 1009 + number)
    chosen = choose(random, pool)
    if chosen is None:
        return None
    answer, perform = chosen
    chosen = None
    del LOG[:]
    tracked = forked.listed(gc.get_objects())
    perform()
    perform = None  # lets go of the object from which the reference was taken
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


def main(folder, cuts, seeds):
    import ouroboros_capture

    random_heap.silence_warnings()
    gc.collect()
    gc.disable()
    for seed in seeds:
        before = set(map(id, gc.get_objects()))
        held = random_heap.build(seed)
        pool = set(map(id, gc.get_objects())) - before
        path = os.path.join(folder, "%d.pyheapsnapshot" % seed)
        ouroboros_capture.snapshot(path)
        done = [forked.forked(path + ".answer", cut, seed, number, pool) for number in range(cuts)]
        truth.write(os.path.join(folder, "%d.json" % seed), [answer for answer in done if answer is not None])
        del done
        del held
        random_heap.HELD.clear()
        truth.clean_up()
        del random_heap.RISEN[:]
        truth.clean_up()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
