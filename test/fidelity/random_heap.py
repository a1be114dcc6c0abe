"""Random heaps with the answer of the real collector: `python random_heap.py FOLDER SEED...`.

For each seed it builds some 50 to 400 objects of every sort that refer to each other, drops most of them, takes a
snapshot (FOLDER/SEED.pyheapsnapshot) and asks the collector (FOLDER/SEED.json, see truth.py). The same seed gives the
same heap on each run of one version. CPython 2.7 and 3.6 to 3.13; ouroboros_capture.py must be on PYTHONPATH.
"""
import collections
import datetime
import functools
import gc
import io
import itertools
import os
import sys
import threading
import time
import types
import warnings
import weakref

import truth

PYTHON_2 = sys.version_info[0] == 2
MASK = (1 << 64) - 1

HELD = {}  # what stays alive in a module's globals
RISEN = []  # objects that their finalizer made reachable again
# What ran, in order: addresses of objects whose finalizer, negative addresses of weak references whose callback.
LOG = []


class Random(object):
    """xorshift64: the standard library's generator gives other sequences in Python 2 than in 3."""

    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0x1234567) & MASK or 1

    def below(self, limit):
        """A number from 0 to limit - 1."""
        state = self.state
        state ^= (state << 13) & MASK
        state ^= state >> 7
        state ^= (state << 17) & MASK
        self.state = state
        return int((state >> 11) % limit)

    def one_in(self, count):
        """True once in `count` times."""
        return self.below(count) == 0

    def choice(self, items):
        """One of the items."""
        return items[self.below(len(items))]


# ---------------------------------------------------------------- classes


class Plain(object):
    def notify(self, reference):
        LOG.append(-id(reference))


class Child(Plain):
    pass


class Slotted(object):
    __slots__ = ("left", "right", "__weakref__")


class SlottedMore(Slotted):
    __slots__ = ("extra",)


class Both(Slotted):
    """Slots and a `__dict__`."""


class Old:
    """Old-style in 2.7."""


class Finalized(object):
    def __del__(self):
        LOG.append(id(self))


class OldFinalized:
    def __del__(self):
        LOG.append(id(self))


class Bare(object):
    """The collector does not track its instances."""

    __slots__ = ()

    def __del__(self):
        LOG.append(id(self))


class BareReferent(object):
    """Nor these, to which weak references can refer."""

    __slots__ = ("__weakref__",)


class Phoenix(object):
    """Rises again once."""

    def __del__(self):
        LOG.append(id(self))
        RISEN.append(self)


class DictSub(dict):
    pass


class ListSub(list):
    pass


class TupleSub(tuple):
    pass


class SetSub(set):
    pass


class DequeSub(collections.deque):
    pass


class Failure(Exception):
    pass


class Guard(object):
    def __enter__(self):
        return self

    def __exit__(self, *details):
        return False


class Zone(datetime.tzinfo):
    pass


Pair = collections.namedtuple("Pair", "left right")

ATTRIBUTES = ("left", "right", "payload", "parent", "child", "extra")
WITH_DICT = (Plain, Child, Both, Old, Finalized, OldFinalized)
WITH_SLOTS = (Slotted, SlottedMore)


# ---------------------------------------------------------------- building


class Builder(object):
    """The objects made so far. Picks are mostly among the latest, so that there are many small components."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.pool = []
        self.hashable = []
        self.rises = self.random.one_in(6)  # up to 3.8 one that rises keeps all

    def _near(self, items):
        if self.random.one_in(12):
            return self.random.choice(items)
        return items[-1 - self.random.below(min(len(items), 10))]

    def pick(self):
        """One of the objects."""
        return self._near(self.pool)

    def picks(self, limit):
        """Up to `limit` objects in a list."""
        return [self.pick() for _ in range(self.random.below(limit + 1))]

    def pick_hashable(self):
        """An object that hashes by its address and runs no code when it does."""
        return self._near(self.hashable)

    def pick_referent(self):
        """A hashable object that weak references can refer to."""
        for _ in range(20):
            candidate = self.pick_hashable()
            if type(candidate).__weakrefoffset__:
                return candidate
        return self.add(Plain(), hashable=True)

    def pick_of(self, wanted):
        """One of the latest objects that are exactly of this type, or a new one."""
        for candidate in reversed(self.pool[-30:]):
            if type(candidate) is wanted:
                return candidate
        return self.add(wanted())

    def add(self, made, hashable=False):
        """Puts an object in the pool."""
        self.pool.append(made)
        if hashable:
            self.hashable.append(made)
        return made

    def key(self):
        """A key for a dict."""
        kind = self.random.below(4)
        if kind == 0:
            return self.random.below(1000)
        if kind == 1:
            return self.pick_hashable()
        if kind == 2:
            return (self.pick_hashable(), self.random.below(10))
        return "key%d" % self.random.below(50)


MAKERS = []


def maker(function):
    """Registers a function that makes one or more objects."""
    MAKERS.append(function)
    return function


@maker
def make_instance(b):
    made = b.add(b.random.choice(WITH_DICT)(), hashable=True)
    for name in ATTRIBUTES[: b.random.below(4)]:
        setattr(made, name, b.pick())
    if b.random.one_in(3):
        HELD["touched"] = made.__dict__  # from 3.11 on this makes a dict of the inline values
        del HELD["touched"]


@maker
def make_slotted(b):
    made = b.add(b.random.choice(WITH_SLOTS)(), hashable=True)
    if b.random.one_in(2):
        made.left = b.pick()
    if b.random.one_in(2):
        made.right = b.pick()


@maker
def make_bare(b):
    made = b.add(Bare(), hashable=True)
    b.add([made, b.pick()])
    referent = b.add(BareReferent(), hashable=True)
    b.add([weakref.ref(referent, log_call), b.pick()])
    b.add([weakref.ref(referent, b.pick_of(Plain).notify), referent])


@maker
def make_phoenix(b):
    if not b.rises:
        return
    made = b.add(Phoenix(), hashable=True)
    made.payload = b.pick()


@maker
def make_borg(b):
    first, second = Plain(), Child()
    second.__dict__ = first.__dict__
    first.other = second
    b.add(first, hashable=True)
    b.add(second, hashable=True)


@maker
def make_many_attributes(b):
    made = b.add(Plain(), hashable=True)
    for number in range(40):
        setattr(made, "attribute%d" % number, None)
    made.attribute7 = b.pick()
    del made.attribute9


@maker
def make_dict(b):
    made = b.add(b.random.choice((dict, DictSub, collections.OrderedDict))())
    for _ in range(b.random.below(6)):
        made[b.key()] = b.pick()
    if isinstance(made, DictSub):
        made.extra = b.pick()
    if len(made) > 2 and b.random.one_in(2):
        made.popitem()


@maker
def make_defaultdict(b):
    made = b.add(collections.defaultdict(b.pick_of(Plain).notify if b.random.one_in(3) else list))
    made["values"] = b.pick()


@maker
def make_list(b):
    made = b.add(b.random.choice((list, ListSub))(b.picks(5)))
    if isinstance(made, ListSub):
        made.extra = b.pick()


@maker
def make_tuple(b):
    values = b.picks(4)
    made = b.add(b.random.choice((tuple, TupleSub))(values))
    if b.random.one_in(4):
        b.add((made, made, 1, None))
    if b.random.one_in(4):
        b.add(Pair(b.pick(), made))


@maker
def make_set(b):
    made = b.random.choice((set, SetSub, frozenset))(b.pick_hashable() for _ in range(b.random.below(6)))
    b.add(made)
    if isinstance(made, SetSub):
        made.extra = b.pick()


@maker
def make_deque(b):
    made = b.add(b.random.choice((collections.deque, DequeSub))(b.picks(5), 70))
    if b.random.one_in(4):
        made.extend(b.pick() for _ in range(80))
        made.popleft()


def closure_over(value, extra):
    def inner(reference=None):
        LOG.append(-id(reference))
        return value, extra

    return inner


def recursive_closure(value):
    def walk(depth):
        return value if depth == 0 else step(depth - 1)

    def step(depth):
        return walk(depth)

    return walk, step


@maker
def make_closure(b):
    made = b.add(closure_over(b.pick(), b.pick()), hashable=True)
    if b.random.one_in(2):
        made.attribute = b.pick()


@maker
def make_recursive_closure(b):
    for made in recursive_closure(b.pick()):
        b.add(made, hashable=True)


@maker
def make_function(b):
    kept = b.pick()
    made = b.add(lambda value=kept: value, hashable=True)
    if b.random.one_in(2):
        made.__defaults__ = (b.pick(),)
    if b.random.one_in(3):
        b.add(made.__closure__)
    if b.random.one_in(3):
        scope = {"payload": b.pick()}
        b.add(types.FunctionType(made.__code__, scope, "scoped", (None,), made.__closure__), hashable=True)


@maker
def make_method(b):
    instance = b.pick_of(Plain)
    made = b.random.below(5)
    if made == 0:
        b.add(instance.notify)
    elif made == 1:
        b.add(b.pick_of(list).append)
    elif made == 2:
        b.add(instance.__repr__)  # a method-wrapper
    elif made == 3:
        b.add(types.MethodType(closure_over(b.pick(), 1), instance))
    else:
        b.add(super(Plain, instance))


def plain_generator(values):
    for value in values:
        kept = value
        yield kept


def guarded_generator(values):
    try:
        for value in values:
            yield value
    finally:
        del values


def with_generator(values):
    with Guard():
        yield values
        yield None


@maker
def make_generator(b):
    values = b.add([b.pick(), b.pick()])
    made = b.add(b.random.choice((plain_generator, guarded_generator, with_generator))(values), hashable=True)
    state = b.random.below(4)
    if state:
        next(made)
    if state == 3:
        for _ in made:
            pass
    elif b.random.one_in(2):
        values.append(made)


@maker
def make_generator_expression(b):
    kept = b.pick()
    made = b.add((value for value in [kept, kept] if value is kept), hashable=True)
    if b.random.one_in(2):
        next(made)


def callback_for(b):
    kind = b.random.below(6)
    if kind < 2:
        return None
    if kind == 2:
        return log_call
    if kind == 3:
        return b.pick_of(Plain).notify
    if kind == 4:
        return functools.partial(log_call, HELD)  # the first argument is ignored
    return closure_over(b.pick(), None)


def log_call(*arguments):
    LOG.append(-id(arguments[-1]))


@maker
def make_weakref(b):
    referent = b.pick_referent()
    for _ in range(1 + b.random.below(3)):
        callback = callback_for(b)
        kind = b.random.below(8)
        if kind == 0:
            b.add([weakref.proxy(referent)])  # in a list: touching a proxy touches what it stands for
        elif kind == 1:
            b.add(weakref.KeyedRef(referent, callback, "key"))
        elif callback is None:
            b.add(weakref.ref(referent))
        else:
            b.add(weakref.ref(referent, callback))


@maker
def make_weak_collection(b):
    kind = b.random.below(3)
    if kind == 0:
        made = weakref.WeakKeyDictionary()
        made[b.pick_referent()] = b.pick()
    elif kind == 1:
        made = weakref.WeakValueDictionary()
        made["value"] = b.pick_referent()
    else:
        made = weakref.WeakSet()
        made.add(b.pick_referent())
    b.add(made)


def raise_through(depth, values):
    held = values
    if depth == 0:
        raise Failure(held)
    raise_through(depth - 1, [depth, held])


def caught(depth, values):
    try:
        raise_through(depth, values)
    except Failure as error:
        failure = error
        traceback = sys.exc_info()[2]
    return failure, traceback


@maker
def make_exception(b):
    failure, traceback = caught(b.random.below(4), b.picks(2))
    failure.payload = b.pick()
    b.add(failure, hashable=True)
    b.add(traceback)
    if b.random.one_in(2):
        b.add(traceback.tb_frame)


@maker
def make_error(b):
    b.add(b.random.choice((ValueError, KeyError, OSError, Failure))(b.pick(), b.pick()), hashable=True)


@maker
def make_partial(b):
    made = b.add(functools.partial(log_call, b.pick(), key=b.pick()), hashable=True)
    if b.random.one_in(2):
        made.attribute = b.pick()


@maker
def make_class(b):
    kept = b.pick()
    base = b.random.choice((object, Plain, Slotted, Finalized, list, dict))

    class Dynamic(base):
        held = kept

        def __call__(self):
            return Dynamic

        @property
        def value(self):
            return kept

        @classmethod
        def make(cls):
            return cls()

        @staticmethod
        def nothing():
            return kept

    b.add(Dynamic, hashable=True)
    if b.random.one_in(2):
        Dynamic.one = b.add(Dynamic())
    if b.random.one_in(3):
        b.add(Dynamic.__dict__["value"])
        b.add(Dynamic.__dict__["make"])
    if b.random.one_in(3):
        b.add(Dynamic.make)
        Dynamic.other = b.pick()


@maker
def make_class_by_type(b):
    meta = type("Meta", (type,), {"held": b.pick()})
    made = b.add(meta("Made", (Plain,), {"__slots__": ("slot",) if b.random.one_in(2) else ()}), hashable=True)
    instance = b.add(made(), hashable=True)
    instance.made = made
    made.instance = instance
    if b.random.one_in(3):
        b.add(collections.namedtuple("Dynamic", "first second")(made, b.pick()))


@maker
def make_module(b):
    made = b.add(types.ModuleType("dynamic"), hashable=True)
    made.payload = b.pick()
    if b.random.one_in(2):
        made.self = made


@maker
def make_iterator(b):
    values = b.pick_of(list)
    kind = b.random.below(12)
    if kind == 0:
        b.add(iter(values))
    elif kind == 1:
        b.add(iter(b.pick_of(dict)))
    elif kind == 2:
        b.add(itertools.chain(values, [b.pick()]))
    elif kind == 3:
        made = itertools.cycle([b.pick(), b.pick()])
        next(made)
        b.add(made)
    elif kind == 4:
        for made in itertools.tee(iter([b.pick(), b.pick()])):
            b.add(made)
        next(made)
    elif kind == 5:
        b.add(itertools.islice(iter(values), 3))
    elif kind == 6:
        b.add(map(log_call, values) if not PYTHON_2 else itertools.imap(log_call, values))
    elif kind == 7:
        b.add(zip(values, values) if not PYTHON_2 else itertools.izip(values, values))
    elif kind == 8:
        made = itertools.groupby([b.pick(), b.pick()], id)
        next(made)
        b.add(made)
    elif kind == 9:
        b.add(enumerate(values))
    elif kind == 10:
        b.add(reversed(values))
    else:
        b.add(itertools.product([b.pick()], [b.pick()]))


@maker
def make_view(b):
    values = b.pick_of(dict)
    kind = b.random.below(3)
    if kind == 0:
        b.add(values.viewitems() if PYTHON_2 else values.items())
    elif kind == 1:
        b.add(values.viewkeys() if PYTHON_2 else values.keys())
    else:
        b.add(slice(b.pick(), b.pick(), None))


@maker
def make_file(b):
    made = b.add(io.BytesIO(b"content"), hashable=True)
    made.payload = b.pick()
    if b.random.one_in(2):
        b.add(io.BufferedReader(made), hashable=True)


@maker
def make_property(b):
    b.add(property(closure_over(b.pick(), None), None, None, "text"))
    b.add(classmethod(b.pick()))
    b.add(staticmethod(b.pick()))


@maker
def make_thread_local(b):
    made = threading.local()
    made.payload = b.pick()
    b.add(made, hashable=True)


@maker
def make_through_untracked(b):
    """A cycle through an object that the collector does not know: it is never found."""
    zone = Zone()
    zone.stamp = datetime.datetime(2012, 1, 1, tzinfo=zone)
    b.add([1])


if not PYTHON_2:
    import random_heap3

    MAKERS.extend(random_heap3.MAKERS)


# ---------------------------------------------------------------- more edges


def link(b, source, target):
    """Makes `source` refer to `target` if it is of a sort that can."""
    kind = type(source)
    if kind in WITH_DICT or kind in (types.FunctionType, functools.partial, types.ModuleType, Failure, io.BytesIO):
        setattr(source, b.random.choice(ATTRIBUTES), target)
    elif kind in WITH_SLOTS:
        setattr(source, b.random.choice(Slotted.__slots__[:2]), target)
    elif kind in (dict, DictSub, collections.OrderedDict, collections.defaultdict):
        source[b.key()] = target
    elif kind in (list, ListSub, collections.deque, DequeSub):
        source.append(target)
    elif kind in (set, SetSub):
        source.add(b.pick_hashable())
    elif isinstance(source, type) and kind is not type:
        source.linked = target


def spread_generations(b):
    """Moves what there is to older generations, sometimes; nothing of the pool is garbage yet."""
    if b.random.one_in(25):
        gc.collect(0)
    elif b.random.one_in(60):
        gc.collect(1)


def freeze(b, rarely):
    if hasattr(gc, "freeze") and b.random.one_in(rarely):
        gc.freeze()


def build(seed):
    """Builds the heap of a seed. Returns what the caller is to keep in a local, and what a thread is to keep."""
    b = Builder(seed)
    random = b.random
    b.add(Plain(), hashable=True)
    b.add([], hashable=False)
    size = 50 + random.below(351)
    makers = [made for made in MAKERS if random.below(3)] or MAKERS
    will_freeze = random.one_in(6)
    while len(b.pool) < size:
        random.choice(makers)(b)
        spread_generations(b)
        if will_freeze:
            freeze(b, 40)
    for position in range(size):
        if random.one_in(2):
            near = max(0, min(len(b.pool) - 1, position + random.below(17) - 8))
            link(b, b.pool[position], b.pool[near])
        spread_generations(b)
    held = [random.choice(b.pool) for _ in range(random.choice((0, 1, 2, 6, 15)))]
    if random.one_in(2):
        HELD["objects"] = [random.choice(b.pool) for _ in range(random.below(5))]
    parked = [random.choice(b.pool) for _ in range(random.below(4))]
    if will_freeze:
        freeze(b, 3)
    del b.pool[:], b.hashable[:]
    return held, parked


def park(values, ready, done):
    """A thread that holds objects in its locals until it is told to end."""
    mine = values
    first = mine[0] if mine else None
    ready.release()
    done.acquire()
    return first


def one(snapshot, folder, seed):
    """Builds the heap of a seed, takes a snapshot and writes what the collector says."""
    held, parked = build(seed)
    ready, done = threading.Lock(), threading.Lock()
    ready.acquire()
    done.acquire()
    thread = threading.Thread(target=park, args=(parked, ready, done))
    thread.daemon = True
    thread.start()
    parked = None
    ready.acquire()
    time.sleep(0.002)  # from its release() to its acquire(): the thread must not run after the snapshot
    path = os.path.join(folder, "%d.pyheapsnapshot" % seed)
    answer = truth.measure(snapshot, path, LOG)
    truth.write(os.path.join(folder, "%d.json" % seed), answer)
    done.release()
    thread.join()
    HELD.clear()
    del held, RISEN[:]


def silence_warnings():
    """Shows no warning ("coroutine was never awaited") to anybody.

    None is ignored: the registry of what a module ignores would grow during a collection, in the place of what is freed.
    """
    warnings.simplefilter("always")
    warnings.showwarning = lambda *_, **__: None
    warnings.warn("makes what the first call with keywords makes", category=RuntimeWarning)


def main(folder, seeds):
    import ouroboros_capture

    silence_warnings()
    gc.collect()
    gc.disable()
    for seed in seeds:
        one(ouroboros_capture.snapshot, folder, seed)
        truth.clean_up()
        del RISEN[:]
        truth.clean_up()


if __name__ == "__main__":
    main(sys.argv[1], [int(seed) for seed in sys.argv[2:]])
