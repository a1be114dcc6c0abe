"""What the agent says of single objects, as the program knows it: `python target_facts.py AGENT FILE MODE`.

Prints JSON: lines at which generators wait, states of futures, limits of containers, bytes of the frames that code
objects keep, objects with equal values, lines at which objects were allocated.
"""
import collections
import functools
import gc
import json
import sys

sys.path.insert(0, sys.argv[1])
WAITING = []
PYTHON_2 = sys.version_info[0] == 2
if not PYTHON_2:
    import asyncio
    import tracemalloc


def generators():
    """Generators that have not been started, that wait, and that are done."""
    def rows(values):
        for value in values:
            yield value
        yield (values,
               len(values))

    fresh, first, last, done = [rows([1]) for _ in range(4)]
    next(first)
    next(last)
    next(last)
    list(done)
    return [fresh, first, last, done]


def coroutines():
    """A coroutine and an asynchronous generator that wait."""
    space = {}
    exec(compile('''
import types
@types.coroutine
def pause():
    yield
async def job():
    await pause()
async def stream():
    yield 1
    yield 2
''', '<coroutines>', 'exec'), space)
    job, stream = space['job'](), space['stream']()
    job.send(None)
    try:
        stream.__anext__().send(None)
    except StopIteration:
        pass
    return [job, stream]


def line_of(generator):
    """The line at which it waits, as its frame says; 0 where it has not been started, or is done."""
    frame = next(getattr(generator, name) for name in ('gi_frame', 'cr_frame', 'ag_frame') if hasattr(generator, name))
    return frame.f_lineno if frame is not None and frame.f_lasti >= 0 and generator is not WAITING[0] else 0


def futures(loop):
    """Futures and tasks: {object: state}."""
    class Special(asyncio.Future):
        pass

    pending, cancelled, done, special = [kind(loop=loop) for kind in [asyncio.Future] * 3 + [Special]]
    cancelled.cancel()
    done.set_result(1)
    special.set_exception(ValueError())
    special.exception()
    space = {}
    exec('async def wait(future): await future', space)
    task = loop.create_task(space['wait'](pending))
    loop.call_soon(loop.stop)
    loop.run_forever()
    return {pending: 0, cancelled: 1, done: 2, special: 2, task: 0}


class Bounded(collections.deque):
    pass


def limits():
    """Containers that have a bound, and some that have none (None): [(object, limit)]."""
    found = [(collections.deque(maxlen=7), 7), (collections.deque(), None), (collections.deque(maxlen=0), 0),
             (Bounded([1, 2, 3], 3), 3)]
    if not PYTHON_2:
        for size in (33, None, 0):
            found.append((functools.lru_cache(maxsize=size)(lambda value: value), size))
    return found


def zombies():
    """Code objects with the bytes of the frame that each keeps: 0 of functions that were never called."""
    sizes = {}

    def small():
        sizes[small.__code__] = sys.getsizeof(sys._getframe())

    def large(first, second):
        a, b, c = first, second, [first, second]
        sizes[large.__code__] = sys.getsizeof(sys._getframe())
        return lambda: (a, b, c)

    def never():
        return 1

    small()
    large(1, 2)
    sizes[never.__code__] = 0
    return sizes


def equals():
    """Objects in groups of equal ones, and such as have no equal one."""
    long = 'long text ' * 40
    texts = [(''.join([long, 'same']), ''.join([long, 'same'])), (''.join([long, 'other']),)]
    raw = [(b''.join([b'by', b'tes']), b''.join([b'by', b'tes']), b''.join([b'b', b'ytes'])), (b''.join([b'al', b'one']),)]
    return texts + raw


def allocated():
    """Objects, none of a type that has a free list, with the line at which they were allocated."""
    here = allocated.__code__.co_firstlineno
    first = bytearray(1000)
    second = collections.deque([first])
    return [(first, here + 3), (second, here + 4)]


def main(path, mode):
    loop = None if PYTHON_2 else asyncio.new_event_loop()
    sites = []
    if not PYTHON_2:
        tracemalloc.start(3)
        sites = allocated()
    WAITING.extend(generators())
    if not PYTHON_2:
        WAITING.extend(coroutines())
    states = {} if PYTHON_2 else futures(loop)
    bounds, frames, groups = limits(), zombies(), equals()
    gc.collect()
    import ouroboros_capture
    ouroboros_capture.snapshot(path, in_process=mode == 'in-process')
    print(json.dumps({
        'suspended': [(id(item), line_of(item)) for item in WAITING],
        'futures': [(id(item), state) for item, state in states.items()],
        'limits': [(id(item), limit) for item, limit in bounds],
        'zombies': [(id(item), size) for item, size in frames.items()],
        'equal': [[id(item) for item in group] for group in groups],
        'sites': [(id(item), line) for item, line in sites],
    }))
    if not PYTHON_2:
        tracemalloc.stop()


main(*sys.argv[2:4])
