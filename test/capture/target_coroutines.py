"""The part of target_generators.py that needs the syntax of Python 3: delegation, coroutines, asynchronous
generators."""
import sys
import types
import warnings

warnings.simplefilter('ignore')     # coroutines that were never awaited
AT_LEAST_3_12 = sys.version_info >= (3, 12)
log = []


@types.coroutine
def pause():
    yield 'paused'


class Silent:
    """An iterator without `close`."""

    def __iter__(self):
        return self

    def __next__(self):
        return 1


class Closing(Silent):
    def close(self):
        log.append('close')


class Asking(Silent):
    def __getattr__(self, name):
        log.append('asked for ' + name)
        raise AttributeError(name)


class Answering(Silent):
    def __getattribute__(self, name):
        log.append('asked for ' + name)
        return object.__getattribute__(self, name)


class Slotted(Silent):
    __slots__ = ()


def guarded():
    try:
        yield 1
    finally:
        log.append('finally')


def plain():
    yield 1


def delegating(inner):
    yield from inner


def delegating_in_try(inner):
    try:
        yield from inner
    finally:
        log.append('finally')


def plant_delegations(plant):
    plant('to a list', delegating([1, 2, 3]))
    plant('to a plain generator', delegating(plain()))
    plant('to a guarded generator', delegating(plant('guarded inner', guarded(), True, steps=0)), True)
    plant('twice to a guarded generator', delegating(delegating(guarded())), True)
    plant('to a generator in try', delegating_in_try(plain()), True)
    plant('to an iterator', delegating(Silent()))
    plant('to an iterator without a dict', delegating(Slotted()))
    plant('to an iterator with close', delegating(Closing()), True)
    plant('to an iterator with __getattr__', delegating(Asking()), True)
    plant('to an iterator with __getattribute__', delegating(Answering()), True)
    with_own = Silent()
    with_own.close = lambda: log.append('own close')
    plant('to an iterator with its own close', delegating(with_own), True)
    with_dict = Silent()
    with_dict.__dict__
    with_dict.close = lambda: log.append('own close')
    plant('to an iterator with its own close in a dict', delegating(with_dict), True)
    with_other = Silent()
    with_other.open = 1
    plant('to an iterator with attributes', delegating(with_other))


class Manager:
    """An asynchronous context manager that waits in every method."""

    def __init__(self, steps=0):
        self.steps = steps

    async def __aenter__(self):
        for _ in range(self.steps):
            await pause()

    async def __aexit__(self, *arguments):
        log.append('aexit')
        await pause()


class Wrapper:
    def __init__(self, inner):
        self.inner = inner

    def __await__(self):
        return self.inner.__await__()


async def waiting(inner=None):
    await (inner or pause())


async def waiting_in_try(inner=None):
    try:
        await (inner or pause())
    finally:
        log.append('finally')


async def in_async_with(steps=0):
    async with Manager(steps):
        await pause()


async def around(inner):
    async for value in inner:
        await pause()


async def around_in_try(inner):
    try:
        async for value in inner:
            await pause()
    finally:
        log.append('finally')


async def comprehension(inner):
    return [value async for value in inner]


async def awaiting_comprehension(count):
    return [await pause() for _ in range(count)]


async def awaiting_comprehension_in_try(count):
    try:
        return {value: await pause() for value in range(count)}
    finally:
        log.append('finally')


async def values(wait):
    if wait:
        await pause()
    yield 1


async def guarded_values(wait):
    try:
        if wait:
            await pause()
        yield 1
    finally:
        log.append('finally')


async def finished():
    pass


def step(coroutine, count=1):
    """Lets a coroutine run up to where it waits for the so-manieth time."""
    for _ in range(count):
        coroutine.send(None)
    return coroutine


def first_value(generator):
    """Lets an asynchronous generator run up to its first value."""
    try:
        generator.__anext__().send(None)
    except StopIteration:
        return generator
    raise AssertionError('it waited')


def plant_coroutines(add):
    add('waiting', step(waiting()))
    add('waiting in try', step(waiting_in_try()), True)
    add('waiting for a coroutine', step(waiting(waiting())))
    add('waiting for a guarded coroutine', step(waiting(waiting_in_try())), True)
    add('waiting for a wrapped coroutine', step(waiting(Wrapper(waiting()))))
    add('waiting for a wrapped guarded coroutine', step(waiting(Wrapper(waiting_in_try()))), True)
    add('in __aenter__', step(in_async_with(1)))
    add('in async with', step(in_async_with()), True)
    add('in __aexit__', step(in_async_with(), 2))
    add('unstarted coroutine', waiting_in_try(), False, True)
    done = finished()
    try:
        done.send(None)
    except StopIteration:
        pass
    add('finished coroutine', done)
    add('in a comprehension', step(awaiting_comprehension(3), 2))
    add('in a comprehension in try', step(awaiting_comprehension_in_try(3), 2), True)


def plant_async_for(add):
    kept = [values(True), guarded_values(True)]
    add('waiting for the next value', step(around(kept[0])))
    # from 3.13 on closing what waits closes the generator too; said of 3.12 as well, where some releases may
    add('waiting for the next guarded value', step(around(kept[1])), AT_LEAST_3_12)
    add('in async for', step(around(values(False))))
    add('waiting for the next value in try', step(around_in_try(values(True))), True)
    add('in async for in try', step(around_in_try(values(False))), True)
    add('in an asynchronous comprehension', step(comprehension(values(True))))
    if sys.version_info >= (3, 10):
        add('waiting for anext', step(waiting(anext(values(True), None))))      # noqa: F821
    return kept


def plant_asynchronous_generators(add):
    add('plain asynchronous generator', first_value(values(False)))
    add('guarded asynchronous generator', first_value(guarded_values(False)), True)
    add('unstarted asynchronous generator', guarded_values(False), False, True)
    done = first_value(values(False))
    try:
        done.__anext__().send(None)
    except StopAsyncIteration:
        pass
    add('finished asynchronous generator', done)
    old = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(finalizer=lambda item: log.append('hook'))
    try:
        add('hooked asynchronous generator', first_value(values(False)), True)
        begun = values(False)
        begun.__anext__()       # no value yet, but the hook is known
        add('hooked unstarted asynchronous generator', begun, True, True)
        finished_by_close = first_value(values(False))
        try:
            finished_by_close.aclose().send(None)
        except StopIteration:
            pass
        add('closed asynchronous generator', finished_by_close)
    finally:
        sys.set_asyncgen_hooks(*old)


def plant_all(plant, items, target_log):
    """Plants everything; `target_log` is where what runs is logged from now on."""
    global log
    log = target_log

    def add(name, item, guarded=False, unstarted=False):
        items.append([name, item, guarded, unstarted])

    plant_delegations(plant)
    plant_coroutines(add)
    items.insert(0, ['kept', plant_async_for(add), False, False])      # to die last
    plant_asynchronous_generators(add)
