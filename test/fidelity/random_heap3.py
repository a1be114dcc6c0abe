"""The makers of random_heap.py that need the syntax or the library of Python 3."""
import functools
import types

MAKERS = []


def maker(function):
    """Registers a function that makes one or more objects."""
    MAKERS.append(function)
    return function


@types.coroutine
def pause(value):
    """Suspends a coroutine."""
    yield value


async def coroutine(values):
    kept = values
    await pause(kept)
    return kept


async def outer_coroutine(values):
    inner = coroutine(values)
    try:
        return await inner
    finally:
        del values


async def asynchronous_generator(values):
    for value in values:
        yield value
        await pause(value)


def delegating(values):
    kept = values
    yield from kept
    return kept


def counter(value):
    def replace(new):
        nonlocal value
        old, value = value, new
        return old

    return replace


@maker
def make_coroutine(b):
    values = b.add([b.pick()])
    made = b.add((coroutine if b.random.one_in(2) else outer_coroutine)(values), hashable=True)
    state = b.random.below(4)
    if state:
        made.send(None)
    if state == 3:
        made.close()
    values.append(made)


@maker
def make_awaiting(b):
    made = b.add(coroutine([b.pick()]), hashable=True)
    b.add(made.__await__())


@maker
def make_asynchronous_generator(b):
    values = b.add([b.pick(), b.pick()])
    made = b.add(asynchronous_generator(values), hashable=True)
    state = b.random.below(3)
    if state:
        step = b.add(made.__anext__())
        if state == 2:
            try:
                step.send(None)
            except StopIteration:
                pass
    if b.random.one_in(2):
        values.append(made)


@maker
def make_delegating(b):
    values = b.add([b.pick(), b.pick()])
    made = b.add(delegating(iter(values)), hashable=True)
    if b.random.one_in(2):
        next(made)
    values.append(made)


@maker
def make_nonlocal(b):
    made = b.add(counter(b.pick()), hashable=True)
    made(made if b.random.one_in(2) else b.pick())
    b.add(made.__closure__[0])


@maker
def make_cached(b):
    @functools.lru_cache(maxsize=None if b.random.one_in(2) else 2)
    def cached(value):
        return [value, cached]

    b.add(cached, hashable=True)
    cached(b.pick_hashable())
    cached(b.pick_hashable())


@maker
def make_cached_method(b):
    kept = b.pick()

    class Service(object):
        @functools.lru_cache(maxsize=8)
        def answer(self, number):
            return [self, kept]

    service = b.add(Service(), hashable=True)
    service.answer(1)


@maker
def make_namespace(b):
    made = b.add(types.SimpleNamespace(payload=b.pick()))
    made.self = made
    b.add([types.MappingProxyType({"payload": b.pick()})])


@maker
def make_chained_exception(b):
    try:
        try:
            raise ValueError(b.pick())
        except ValueError:
            raise KeyError(b.pick())
    except KeyError as error:
        b.add(error, hashable=True)
        b.add(error.__context__, hashable=True)
        if b.random.one_in(2):
            error.__context__.__cause__ = error


@maker
def make_context(b):
    try:
        import contextvars
    except ImportError:  # before 3.7
        return
    variable = contextvars.ContextVar("variable", default=b.pick())
    context = contextvars.copy_context()
    context.run(variable.set, b.pick())
    b.add(context)
    b.add(variable, hashable=True)


@maker
def make_alias(b):
    if hasattr(types, "GenericAlias"):
        b.add([types.GenericAlias(list, (b.pick(),))])
    if hasattr(types, "CellType"):
        cell = b.add(types.CellType(b.pick()))
        if b.random.one_in(2):
            cell.cell_contents = cell
