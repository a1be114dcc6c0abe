# -*- coding: utf-8 -*-
"""Ouroboros pytest plugin: a test that leaves reference cycles behind fails, and says which.

One file, standard library and pytest (6 or later) only, for CPython 3.8 and later.

    PYTHONPATH=FOLDER_OF_THIS_FILE python -m pytest -p ouroboros_pytest --ouroboros-cycles

How it works:

* Each of a test's phases (setup, call, teardown) begins with a collection and runs with the collector off. What
  is garbage at its end and a part of a cycle, the phase has left: nothing but the collector would free it.
* It is innermost: around the runner's own work and nothing else, so that what other hooks and reports leave
  is not looked at. See `_Quiet` and `_Checks`.
* It runs no user code but what any collection runs (finalizers, callbacks of weak references): no repr, no
  getattr on a user's object, no hashing or comparing of anything but addresses.
* What pytest and unittest make themselves is no finding. See `_Innocent`.
"""
import fnmatch
import gc
import linecache
import os
import re
import sys
import types

import pytest

SHOWN = 10              # families that a message shows
TEXT_LIMIT = 60         # characters of a key or a name
RING_LIMIT = 6          # steps of a ring that are named

# What these packages make is their own affair: cycles through it are not counted. The last ones are what pytest
# calls: monkeypatch.syspath_prepend() drops importlib.metadata's caches, and for tmp_path there is Path.resolve(),
# up to 3.9 with a closure.
_TEST_TOOLS = frozenset(('_pytest', 'pytest', 'pluggy', 'py', 'unittest', 'mock', 'xdist', 'execnet', __name__,
                         'importlib', '_frozen_importlib', '_frozen_importlib_external', 'pathlib'))
_LIBRARY = os.path.dirname(os.__file__) + os.sep

# tp_flags (Include/object.h)
_FLAG_HEAPTYPE = 1 << 9
_FLAG_LIST = 1 << 25
_FLAG_TUPLE = 1 << 26
_FLAG_DICT = 1 << 29
_FLAG_TYPE = 1 << 31

# Readers of attributes that neither a metaclass nor a type can override.
_type_dict = type.__dict__['__dict__'].__get__
_type_mro = type.__dict__['__mro__'].__get__
_type_flags = type.__dict__['__flags__'].__get__
_type_qualname = type.__dict__['__qualname__'].__get__
_type_module = type.__dict__['__module__'].__get__

_FUNCTION = types.FunctionType
_FRAME = types.FrameType
_CELL = types.CellType
_TRACEBACK = types.TracebackType
_MEMBER = types.MemberDescriptorType
_GETSET = types.GetSetDescriptorType
_function_code = _FUNCTION.__dict__['__code__'].__get__
_function_closure = _FUNCTION.__dict__['__closure__'].__get__
_function_qualname = _FUNCTION.__dict__['__qualname__'].__get__
_function_globals = _FUNCTION.__dict__['__globals__'].__get__
_frame_code = _FRAME.__dict__['f_code'].__get__
_frame_globals = _FRAME.__dict__['f_globals'].__get__
_frame_locals = _FRAME.__dict__['f_locals'].__get__
_frame_back = _FRAME.__dict__['f_back'].__get__
_module_dict = types.ModuleType.__dict__['__dict__'].__get__

# Getters in C, by the address of their type, that return what they have and make nothing.
_GETTERS = {
    id(_FUNCTION): ('__closure__', '__defaults__', '__kwdefaults__'),
    id(_CELL): ('cell_contents',),
    id(_TRACEBACK): ('tb_next',),
    id(BaseException): ('__traceback__', '__context__', '__cause__', 'args'),
}

# Objects that a ring shows as the labels on their way only.
_PLAIN = frozenset(map(id, (tuple, list, dict, set, frozenset, _CELL, types.MethodType, _TRACEBACK)))


# ------------------------------------------------------------------------------------------------- hooks

def pytest_addoption(parser):
    """Adds the option, and the ini line of what is allowed."""
    parser.getgroup('ouroboros').addoption(
        '--ouroboros-cycles', action='store_true',
        help='a test fails that leaves reference cycles, which only the garbage collector can free')
    parser.addini('ouroboros_cycles_allow', type='linelist', default=[],
                  help='patterns (fnmatch) of the families of cycles that tests may leave, one a line')


def pytest_configure(config):
    """Registers the marker, and what does the work if it is asked for."""
    config.addinivalue_line('markers', 'ouroboros_cycles_allowed: this test may leave reference cycles behind')
    if config.getoption('ouroboros_cycles'):
        if sys.implementation.name != 'cpython':
            raise pytest.UsageError('--ouroboros-cycles needs CPython, whose collector can save what it finds')
        config.pluginmanager.register(_Quiet(), 'ouroboros-quiet')
        config.pluginmanager.register(_Checks(config), 'ouroboros-checks')


def _is_exempt(item):
    return item.get_closest_marker('ouroboros_cycles_allowed') is not None


class _Quiet(object):
    """Keeps the collector off in each phase. Wrappers that are `trylast` are the innermost ones."""

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_setup(self, item):
        yield from _quiet(item)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item):
        # The runner does this next: the last failure and all that its traceback holds is no doing of this test.
        for name in ('last_type', 'last_value', 'last_traceback', 'last_exc'):
            vars(sys).pop(name, None)
        yield from _quiet(item)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item):
        yield from _quiet(item)


def _quiet(item):
    """Collects, and turns the collector off for the length of the yield. Afterwards its state is as it was,
    whatever the test did to it."""
    if _is_exempt(item):
        yield
        return
    enabled, flags, garbage = gc.isenabled(), gc.get_debug(), list(gc.garbage)
    gc.disable()
    _collect(0)
    try:
        yield
    finally:
        gc.garbage[:] = garbage
        gc.set_debug(flags)
        if enabled:
            gc.enable()
        else:
            gc.disable()


class _Checks(object):
    """Looks at what is left. These are no wrappers: they come after the runner's own, so they are called only
    when it has raised nothing, and a test that fails by itself keeps its failure; and before the rest of all
    wrappers."""

    def __init__(self, config):
        self.allowed = config.getini('ouroboros_cycles_allow')
        self.folder = str(config.invocation_params.dir)
        self.of_setup = []      # families that the setup of the running test has left
        self.passed = False     # whether the running test's own code has passed

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_setup(self, item):
        self.passed = False
        self.of_setup = self._families(item)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_call(self, item):
        # unittest's failures are kept there, and raised later
        self.passed = not getattr(item, '_excinfo', None)
        if self.passed:
            self._fail(item, self._families(item), 'left')

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item):
        if self.passed:
            if type(getattr(item, 'funcargs', None)) is dict:
                item.funcargs.clear()       # the runner lets go of it when all is over
            self._fail(item, self.of_setup + self._families(item), 'and its fixtures left')

    def _families(self, item):
        """Returns the families of cycles that are garbage now, less the allowed ones. What was
        found is freed."""
        if _is_exempt(item):
            return []
        families = _find(_Innocent(item), self.folder)
        if families:
            _collect(0)
        return [family for family in families
                if not any(fnmatch.fnmatchcase(family.headline, pattern) for pattern in self.allowed)]

    def _fail(self, item, families, what):
        if families:
            pytest.fail('\n'.join(_message(item.nodeid, families, what)), pytrace=False)


def _message(test, families, what):
    """Returns the lines that tell of a test's families."""
    lines = ['%s %s cycles that only the garbage collector can free' % (test, what), '']
    for family in families[:SHOWN]:
        low, high = min(family.sizes), max(family.sizes)
        size = _counted(low, 'object') if low == high else '%d to %d objects' % (low, high)
        lines += [family.headline, '    ring: %s (%s each)' % (family.ring, size), '    fix:  ' + family.fix]
    if len(families) > SHOWN:
        lines.append('and %d more families' % (len(families) - SHOWN))
    lines += ['', 'To allow it: a pattern of its line in ouroboros_cycles_allow, or '
              '@pytest.mark.ouroboros_cycles_allowed']
    return lines


def _counted(count, what):
    return '%d %s%s' % (count, what, '' if count == 1 else 's')


# ----------------------------------------------------------------------------------------------- garbage

def _collect(flags):
    """Collects with these debug flags, instead of those that are set."""
    before = gc.get_debug()
    gc.set_debug(flags)
    try:
        gc.collect()
    finally:
        gc.set_debug(before)


def _find(innocent, folder):
    """Returns the families of cycles among what is garbage now. They hold texts and numbers only.

    With DEBUG_SAVEALL the collector runs finalizers and clears weak references as ever, and then puts in
    gc.garbage what it would have cleared. All of it is in this function's variables, and gone when it returns."""
    start = len(gc.garbage)
    _collect(gc.DEBUG_SAVEALL)
    objects = gc.garbage[start:]
    del gc.garbage[start:]
    objects = [item for item in objects if not innocent.has_made(item)]
    index = {id(item): i for i, item in enumerate(objects)}
    edges = [[index[id(other)] for other in gc.get_referents(item) if id(other) in index] for item in objects]
    families = {}
    for component in _components(edges):
        cycle = _Cycle([objects[i] for i in component])
        family = families.get(cycle.shape)
        if family is None:
            family = families[cycle.shape] = _Family(cycle, folder)
        family.sizes.append(len(component))
    families = sorted(families.values(), key=lambda family: -len(family.sizes))
    for family in families:
        family.complete()
    return families


class _Innocent(object):
    """Knows what is no finding, although it is in the garbage. Cycles are looked for in what is left without it:

    * What pytest and unittest make: `pytest.raises(...) as info` makes the cycle of info, the exception, its
      traceback and the test's frame; a Mock is a class of its own, and each class is a cycle.
    * The frame of the test itself, which an exception that the test has caught and kept leads to.
    * Classes that the test's module or a conftest.py makes: those of a test, for the test.
    * Classes whose name in their module stands for another one by now: an import has made them, once, for
      `dataclass(slots=True)` and the like make a second class of one."""

    def __init__(self, item):
        path = getattr(item, 'path', None) or item.fspath
        module = getattr(item, 'module', None)
        self.file = os.path.basename(str(path))
        self.name = getattr(item, 'originalname', None) or item.name
        self.module = _module_dict(module).get('__name__') if type(module) is types.ModuleType else None

    def has_made(self, item):
        kind = type(item)
        if kind is _FUNCTION:
            return _is_tool(_name_in(_function_globals(item))) or _is_executed(_function_globals(item))
        if kind is _FRAME:
            code = _frame_code(item)
            return (code.co_name == self.name and os.path.basename(code.co_filename) == self.file
                    or _is_tool(_name_in(_frame_globals(item))))
        if _type_flags(kind) & _FLAG_TYPE:
            module = _module_of(item)
            if module == self.module or module.split('.')[-1] == 'conftest' or _is_replaced(item, module):
                return True
            kind = item
        return _is_tool(_module_of(kind))


def _is_executed(space):
    """True for the variables of a text that was executed for one function, which is one of them: a stand-in for
    an autospecced function, __new__ of a namedtuple (whose class tells more)."""
    return type(space) is dict and ('_checksig_' in space or _name_in(space).startswith('namedtuple_'))


def _is_replaced(kind, module):
    space, name = _variables_of(module), _type_qualname(kind)
    return type(name) is str and '<locals>' not in name and name.split('.')[0] in space


def _is_tool(module):
    return module.split('.')[0] in _TEST_TOOLS


def _components(edges):
    """Returns the strongly connected components that have a cycle, as lists of nodes in order: Tarjan's
    algorithm with a stack of its own."""
    number, low, on_stack = [0] * len(edges), [0] * len(edges), [False] * len(edges)
    count, stack, found = 0, [], []
    for root in range(len(edges)):
        if number[root]:
            continue
        path = [(root, iter(edges[root]))]
        count += 1
        number[root] = low[root] = count
        stack.append(root)
        on_stack[root] = True
        while path:
            node, rest = path[-1]
            for other in rest:
                if not number[other]:
                    path.append((other, iter(edges[other])))
                    count += 1
                    number[other] = low[other] = count
                    stack.append(other)
                    on_stack[other] = True
                    break
                if on_stack[other]:
                    low[node] = min(low[node], number[other])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == number[node]:
                    start = len(stack) - 1
                    while stack[start] != node:
                        start -= 1
                    members = stack[start:]
                    del stack[start:]
                    for member in members:
                        on_stack[member] = False
                    if len(members) > 1 or node in edges[node]:
                        found.append(sorted(members))
    return found


# ---------------------------------------------------------------------------------------------- references

def _references(item):
    """Returns [(label, object)] of what an object refers to. Some are seen through: the values of an
    instance's dict are its attributes. The last ones have no labels."""
    kind = type(item)
    flags = _type_flags(kind)
    found = []
    if flags & _FLAG_TYPE:
        found.append(('.__mro__', _type_mro(item)))
        found += [('.' + _text(name), value) for name, value in _type_dict(item).items()]
    elif kind is _FRAME:
        found.append(('.f_back', _frame_back(item)))
        variables = _frame_locals(item)
        # 3.13 has a proxy, a static type; what runs code could only be the namespace of a class body
        if type(variables) is dict or not _type_flags(type(variables)) & _FLAG_HEAPTYPE:
            found += [(".f_locals['%s']" % _text(name), value) for name, value in variables.items()]
    else:
        if flags & _FLAG_DICT:
            for key, value in dict.items(item):
                found.append(('[%s]' % _key(key), value))
                found.append(('.keys()', key))
        elif flags & (_FLAG_LIST | _FLAG_TUPLE):
            items = (list if flags & _FLAG_LIST else tuple).__iter__(item)
            found += [('[%d]' % i, value) for i, value in enumerate(items)]
        for label, get in _attributes(kind):
            try:
                value = get(item)
            except (AttributeError, TypeError, ValueError):      # an empty slot or cell
                continue
            if label != '.__dict__':
                found.append((label, value))
            elif type(value) is dict:
                found += [('.' + _text(name), other) for name, other in value.items()]
                found.append((label, value))
    return found + [('', other) for other in gc.get_referents(item)]


def _attributes(kind):
    """Returns [(label, getter)] of the attributes of a type's instances that C code gets."""
    found = []
    for base in _type_mro(kind):
        getters = _GETTERS.get(id(base), ())
        for name, value in _type_dict(base).items():
            if type(name) is str and (type(value) is _MEMBER or type(value) is _GETSET
                                      and (name in getters or name == '__dict__')):
                found.append(('.' + name, value.__get__))
    return found


def _key(key):
    """Returns how a dict's key is written: its type's name if it is not a plain value."""
    if type(key) in (str, bytes, int, float, bool, type(None)):
        text = repr(key)
        return text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT] + '...'
    return _name_of_type(type(key))


def _text(name):
    """Returns an exact string of what should be a name."""
    return name[:TEXT_LIMIT] if type(name) is str else '?'


def _name_in(space):
    """Returns the name of the module whose variables these are."""
    return _text(space.get('__name__')) if type(space) is dict else '?'


def _variables_of(module):
    """Returns the variables of a module that has been imported."""
    module = sys.modules.get(module)
    return _module_dict(module) if type(module) is types.ModuleType else {}


def _module_of(kind):
    """Returns the name of the module in which a type was defined."""
    try:
        return _text(_type_module(kind))
    except AttributeError:
        return '?'


def _name_of_type(kind):
    module, name = _module_of(kind), _type_qualname(kind)
    name = name if type(name) is str else '?'
    return name if module == 'builtins' else '%s.%s' % (module, name)


def _name(item):
    """Returns what a ring calls an object."""
    kind = type(item)
    if kind is _FUNCTION:
        name = _function_qualname(item)
        return 'function %s' % (name if type(name) is str else '?')
    if kind is _FRAME:
        return 'frame of %s' % _frame_code(item).co_name
    return 'class ' + _name_of_type(item) if _type_flags(kind) & _FLAG_TYPE else _name_of_type(kind)


def _code_of(item):
    kind = type(item)
    return _function_code(item) if kind is _FUNCTION else _frame_code(item) if kind is _FRAME else None


# ------------------------------------------------------------------------------------------------- cycles

class _Cycle(object):
    """The objects of one strongly connected component, and one ring through them."""

    def __init__(self, objects):
        self.objects = objects
        index = {id(item): i for i, item in enumerate(objects)}
        self.edges = [[(label, index[id(other)]) for label, other in _references(item) if id(other) in index]
                      for item in objects]
        names = [self._place(item) for item in objects]
        # Positions are no part of a shape, or each number of children were a family.
        self.shape = frozenset((names[i], '[]' if label[:1] == '[' else label, names[j])
                               for i, edges in enumerate(self.edges) for label, j in edges)

    @staticmethod
    def _place(item):
        code = _code_of(item)
        return (_name(item),) + ((code.co_filename, code.co_firstlineno) if code else ())

    def ring(self):
        """Returns a shortest ring as [(object, label of its reference to the next)], from the object on that
        tells most."""
        start = min(range(len(self.objects)), key=lambda i: (_rank(self.objects[i]), i))
        came_from, queue = {}, [start]
        for node in queue:
            for label, other in self.edges[node]:
                if other not in came_from:
                    came_from[other] = node, label
                    queue.append(other)
            if start in came_from:
                break
        steps, node = [], start
        while not steps or node != start:
            node, label = came_from[node]
            steps.append((self.objects[node], label))
        return steps[::-1]


def _rank(item):
    """Instances of classes first, then functions, classes, frames, and the builtin containers."""
    kind = type(item)
    if kind is _FUNCTION:
        return 1
    if _type_flags(kind) & _FLAG_TYPE:
        return 2
    if kind is _FRAME:
        return 3
    return 4 if id(kind) in _PLAIN else 0 if _module_of(kind) != 'builtins' else 3


class _Family(object):
    """Cycles of one shape, in words."""

    def __init__(self, cycle, folder):
        self.sizes = []     # objects of each
        ring = cycle.ring()
        steps = []          # [(name, labels to the next)], plain objects left out
        for item, label in ring:
            if steps and id(type(item)) in _PLAIN:
                steps[-1] = steps[-1][0], steps[-1][1] + label
            else:
                steps.append((_name(item), label))
        shown = list(map(' '.join, steps[:RING_LIMIT]))
        if len(steps) > RING_LIMIT:
            shown.append('... %d more ...' % (len(steps) - RING_LIMIT))
        self.ring = ' -> '.join(shown) + ' -> the same ' + steps[0][0].split(' ')[0]
        kinds = [type(item) for item, _ in ring]
        file, self.place = next(filter(None, (_location(item, folder) for item, _ in ring)), ('', ''))
        if all(kind is _FUNCTION or kind is _CELL or kind is tuple for kind in kinds):
            self.kind = 'closure-cycle'
            self.what = ' -> '.join(name for name, _ in steps) + ' -> its __closure__ -> cell -> function'
            self.fix = _closure_fix(ring)
        else:
            self.kind = 'object-cycle'
            self.what = _what(steps)
            self.fix = _object_fix(kinds, steps)
        if file.startswith(_LIBRARY) and '-packages' not in file:
            self.fix = "it is the standard library's: avoid the call, or allow it"

    def complete(self):
        """Makes the headline, when all cycles are counted."""
        count = len(self.sizes)
        self.headline = '%s: %s of %s%s' % (self.kind, _counted(count, 'cycle'), self.what, self.place)


def _what(steps):
    """Returns a headline's words for a ring: types and attributes, no positions."""
    named = [(name, re.match(r'(\.\w+)?', label).group()) for name, label in steps[:RING_LIMIT]]
    if len(set(name for name, _ in named)) == 1:
        text = '%s %s' % (named[0][0], '/'.join(dict.fromkeys(label for _, label in named if label)))
    else:
        text = ' -> '.join('%s %s' % step if step[1] else step[0] for step in named)
    return text.strip() + (' -> ...' if len(steps) > RING_LIMIT else '')


def _closure_fix(ring):
    """Names the variables through which the functions hold themselves."""
    passed = set(id(item) for item, _ in ring)
    for item, _ in ring:
        if type(item) is _FUNCTION:
            for name, cell in zip(_function_code(item).co_freevars, _function_closure(item) or ()):
                if id(cell) in passed:
                    outer = _name(item).split(' ')[1].split('.<locals>')[0]
                    return 'set %s to None at the end of %s(), or after its last use' % (name, outer)
    return 'set the variable to None after its last use'


def _object_fix(kinds, steps):
    if any(kind is _TRACEBACK or kind is _FRAME for kind in kinds):
        return 'keep no exception: `del` it, or keep error.with_traceback(None)'
    if steps[0][0].startswith('class '):
        return 'make the class once, not in each call'
    single = [label for _, label in steps if re.match(r'\.(?!__)\w+$', label)]
    first = re.match(r'\.(?!__)\w+', steps[0][1])
    label = single[-1] if single else first and first.group()
    return 'hold one side weakly (weakref.ref), or ' + (
        'set %s to None in close()' % label if label else 'take it out when it is done with')


# ---------------------------------------------------------------------------------------------- locations

def _location(item, folder):
    """Returns (file, words for the file and line) of a function's, a frame's or a class's definition, or None."""
    code = _code_of(item)
    if code is not None:
        return code.co_filename, ', %s:%d' % (_shown(code.co_filename, folder), code.co_firstlineno)
    kind = item if _type_flags(type(item)) & _FLAG_TYPE else type(item)
    file, line = _place_of_class(kind)
    if file is None:
        return None
    place = _shown(file, folder) + (':%d' % line if line else '')
    return file, ', first at %s (class %s)' % (place, _name_of_type(kind).split('.')[-1])


def _place_of_class(kind):
    """Returns (file, line) of a class's definition: from 3.13 on it knows the line; else the `class` is looked
    for in the source, above its first function. None for what is not known."""
    file = _variables_of(_module_of(kind)).get('__file__')
    if type(file) is not str:
        return None, None
    space = _type_dict(kind)
    if type(space.get('__firstlineno__')) is int:
        return file, space['__firstlineno__']
    codes = [_function_code(value) for value in space.values() if type(value) is _FUNCTION]
    first = min([code.co_firstlineno for code in codes if code.co_filename == file], default=0)
    pattern = re.compile(r'\s*class\s+%s\b' % re.escape(_name_of_type(kind).split('.')[-1]))
    found = [i for i, text in enumerate(linecache.getlines(file), 1) if pattern.match(text)]
    above = [i for i in found if i <= first]
    return file, above[-1] if above else found[0] if found else None


def _shown(file, folder):
    """Returns a file's name as seen from the folder in which pytest was started, if it is below that."""
    if file.startswith(folder + os.sep):
        file = file[len(folder) + 1:]
    return file.replace(os.sep, '/')
