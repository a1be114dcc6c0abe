"""Weak references of all kinds: `python weakrefs.py FOLDER`.

Writes FOLDER/weakrefs.pyheapsnapshot, and to FOLDER/weakrefs.json what the interpreter itself says about the same heap:
each weak reference with its referent, its callback and whether it is dead; each object's own list; what was put into
piles, under keys and into pools; and which callbacks ran, in which order, when the victim died after the snapshot.
Runs on CPython 2.7 and 3.6 to 3.13.
"""
import functools
import gc
import json
import os
import sys
import weakref

import ouroboros_capture

PYTHON_2 = sys.version_info[0] == 2
LOG = []


class Actor(object):
    """A game's object, which is initialised anew instead of being freed."""

    def __init__(self, name):
        self.name = name
        self.target = None

    def hear(self, reference):
        LOG.append(id(reference))


class Slotted(object):
    __slots__ = ("number", "__weakref__")

    def __init__(self, number):
        self.number = number


class Listener(object):
    """Holds an object weakly in an attribute."""

    def __init__(self, actor):
        self.actor = weakref.ref(actor)


class Marked(weakref.ref):
    """A subclass with a dict."""


class Narrow(weakref.ref):
    """A subclass with a slot, which is traversed before the callback."""
    __slots__ = ("mark",)


class Registry(object):
    """Has a weak dict in an attribute."""

    def __init__(self):
        self.by_number = weakref.WeakValueDictionary()


def note(reference):
    LOG.append(id(reference))


def note_with(mark, reference):
    LOG.append(id(reference))


def note_finalized():
    LOG.append(truth["finalizer"])


class Called(object):
    def __call__(self, reference):
        LOG.append(id(reference))


# -- the victim, all of whose weak references go with it

victim = [Actor("victim")]
ear = Actor("ear")
entries = weakref.WeakValueDictionary()
entries["victim"] = victim[0]
notes = weakref.WeakKeyDictionary()
notes[victim[0]] = ["what is known of it"]
crowd = weakref.WeakSet([victim[0], ear])
watching = [
    weakref.ref(victim[0], note),
    weakref.ref(victim[0]),
    weakref.proxy(victim[0]),
    weakref.proxy(victim[0], note),
    weakref.ref(victim[0], ear.hear),
    weakref.ref(victim[0], functools.partial(note_with, "mark")),
    weakref.ref(victim[0], Called()),
    Marked(victim[0], note),
    Narrow(victim[0], note),
    Narrow(victim[0]),
]
watching[7].mark = ["a dict of its own"]
watching[8].mark = ["a slot"]
if not PYTHON_2:
    watching.append(weakref.WeakMethod(victim[0].hear, note))
    finalizer = weakref.finalize(victim[0], note_finalized)
    finalizer.atexit = False

# -- piles of dead ones

kept = [Actor("kept %d" % number) for number in range(37)]
pile = [weakref.ref(Actor("dead")) for _ in range(1000)] + [weakref.ref(actor) for actor in kept]
pairs = [((number, "signal"), weakref.ref(Actor("dead"))) for number in range(200)]
listeners = [Listener(Actor("dead")) for _ in range(150)] + [Listener(actor) for actor in kept]
by_key = dict((("key", number), weakref.ref(Actor("dead"))) for number in range(120))
marked = set(Marked(actor) for actor in kept)
few = [weakref.ref(Actor("dead")) for _ in range(3)]

# -- objects that were initialised anew

cast = [Actor("actor %d" % number) for number in range(50)]
stage = weakref.WeakValueDictionary((actor.name, actor) for actor in cast)
cast[7].__init__("orc")
cast[8].__init__("elf")
numbered = [Slotted(number) for number in range(40)]
registry = Registry()
for slotted in numbered:
    registry.by_number[slotted.number] = slotted
numbered[3].number = 1003
# A dict of the program's own, with no attribute that tells the key.
aliases = {"first": weakref.ref(cast[0]), "second": weakref.ref(cast[1])}
aliases["third"] = weakref.ref(cast[1])

# -- objects that wait in a pool

active = [Actor("active %d" % number) for number in range(5)]
free_actors = [Actor("free %d" % number) for number in range(12)]
targets = [weakref.ref(actor, note) for actor in free_actors[:9] + active]


def pass_through(item):
    """Makes weak references to what only the stack holds."""
    watching_stack.append(weakref.ref(item, note))
    watching_stack.append(weakref.ref(item))
    return item


watching_stack = []


def is_dead(reference):
    if isinstance(reference, weakref.ref):
        return weakref.ref.__call__(reference) is None
    try:
        reference.__class__
    except ReferenceError:
        return True
    return False


def answer():
    """What the interpreter says about the weak references that it knows."""
    everything = gc.get_objects()
    kinds = (weakref.ref,) + weakref.ProxyTypes
    found = [item for item in everything if issubclass(type(item), kinds)]
    references = {}
    for reference in found:
        callback = getattr(reference, "__callback__", None) if isinstance(reference, weakref.ref) else None
        target = weakref.ref.__call__(reference) if isinstance(reference, weakref.ref) else None
        if type(target).__module__ == "ouroboros_capture":
            continue
        references[id(reference)] = {
            "dead": is_dead(reference),
            "referent": 0 if target is None else id(target),
            # 2.7 does not tell callbacks.
            "callback": -1 if PYTHON_2 else 0 if callback is None else id(callback),
            "proxy": not isinstance(reference, weakref.ref),
            "type": type(reference).__name__,
        }
        target = callback = None
    lists = {}
    for item in everything:
        if weakref.getweakrefcount(item) > 0:
            lists[id(item)] = [id(reference) for reference in weakref.getweakrefs(item)]
    # Up to 3.6 the list holds the frame that holds it, and with it all objects.
    del everything[:], found[:]
    return {"references": references, "lists": lists}


truth = {}


def main(folder):
    gc.collect()
    # The interpreter keeps code objects off the collector's lists, and nothing but the stack holds this one.
    [pass_through(compile("1", "stack", "eval")),
     ouroboros_capture.snapshot(os.path.join(folder, "weakrefs.pyheapsnapshot"))]
    truth.update(answer())
    truth["stack"] = [id(reference) for reference in watching_stack]
    truth["piles"] = dict((name, id(globals()[name])) for name in ("pile", "pairs", "listeners", "by_key", "few"))
    truth["victim"] = id(victim[0])
    truth["containers"] = {"entries": id(entries.data), "notes": id(notes.data), "crowd": id(crowd.data)}
    truth["value"] = id(list(notes.values())[0])
    truth["stage"] = id(stage.data)
    truth["otherKeys"] = {"stage": {"actor 7": id(cast[7]), "actor 8": id(cast[8])}, "numbers": {"3": id(numbered[3])}}
    truth["numbers"] = id(registry.by_number.data)
    truth["aliases"] = id(aliases)
    truth["alias"] = id(cast[1])
    truth["pool"] = id(free_actors)
    truth["pooled"] = sorted(id(actor) for actor in free_actors[:9])
    truth["silent"] = [id(entries.data["victim"]), id(next(iter(notes.data)))] + \
        [id(reference) for reference in crowd.data if reference() is victim[0]]
    if not PYTHON_2:
        truth["finalizer"] = id(weakref.finalize._registry[finalizer].weakref)
    del LOG[:]
    victim.pop()
    truth["called"] = LOG[:]
    truth["left"] = {"entries": len(entries.data), "notes": len(notes.data), "crowd": len(crowd.data)}
    with open(os.path.join(folder, "weakrefs.json"), "w") as stream:
        stream.write(json.dumps(truth))


if __name__ == "__main__":
    main(sys.argv[1])
