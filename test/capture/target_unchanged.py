# -*- coding: utf-8 -*-
"""Captures with user code everywhere that would count if it ran, and looks for what has changed afterwards.

usage: target_unchanged.py AGENT_FOLDER FILE fork|in-process
Prints 'ok' or raises. Runs on 2.7 and 3.x."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import array
import gc
import os
import threading

import ouroboros_capture

PATH, IN_PROCESS = sys.argv[2], sys.argv[3] == 'in-process'
calls = []


def tripwire(name, value=None):
    """A method that must never run."""
    def method(self, *arguments, **keywords):
        calls.append(name)
        return value
    method.__name__ = name
    return method


SPECIAL = [
    '__repr__', '__str__', '__eq__', '__ne__', '__lt__', '__hash__', '__sizeof__', '__len__',
    '__iter__', '__bool__', '__nonzero__', '__getattr__', '__getattribute__', '__contains__',
    '__getitem__', '__call__', '__enter__', '__reduce__', '__reduce_ex__', '__dir__', '__format__',
    '__int__', '__index__', '__get__', '__fspath__', '__del__', 'keys', 'values', 'items', 'get',
    'iteritems', 'itervalues', '__next__', 'next', '__unicode__', '__cmp__', '__setattr__', 'fileno',
    '__coerce__', '__float__', '__length_hint__']


def traps():
    return dict((name, tripwire(name)) for name in SPECIAL)


class Meta(type):
    pass


def arm_meta():
    for name in SPECIAL + ['__instancecheck__', '__subclasscheck__', '__subclasses__', '__prepare__']:
        if name != '__del__':
            setattr(Meta, name, tripwire('meta ' + name))


def make(base, name):
    space = traps()
    space['__class__'] = property(tripwire('__class__'))
    space['__module__'] = 'hostile'
    for special in ('__dict__', '__slots__', '__doc__', '__name__', 'f_locals', '__code__', 'args'):
        if base is object and special not in ('__slots__', '__dict__'):
            space[special] = property(tripwire(special))
    return type.__call__(Meta, name, (base,), space)


class StrangeName(str):
    """The name of a type may be a subclass of str."""
    __repr__ = tripwire('name.__repr__')
    __str__ = tripwire('name.__str__')
    __eq__ = tripwire('name.__eq__')
    __hash__ = str.__hash__
    __getitem__ = tripwire('name.__getitem__')
    encode = tripwire('name.encode')


class Ordinary(object):
    def __init__(self):
        self.first, self.second = [1], [2]


def raw_count(item):
    return sys.getrefcount(item)


def capture_while_traced():
    """The caller's trace and profile functions see nothing of the capture, and stay. (Not in main: a profile
    function makes the frame's dict of locals, which holds references.)"""
    traced = []

    def tracer(frame, event, argument):
        traced.append(frame.f_code.co_name)
        return tracer

    sys.settrace(tracer)
    sys.setprofile(tracer)
    ouroboros_capture.snapshot(PATH, in_process=IN_PROCESS)
    assert sys.gettrace() is tracer and sys.getprofile() is tracer
    sys.setprofile(None)
    sys.settrace(None)
    ours = ('_scan', '_capture', '_fork', '_await', '_prepare_request', 'build')
    inside = [name for name in traced if name in ours]
    assert 'snapshot' in traced and not inside, inside


def main():
    planted = []
    hostile_types = []
    bases = [object, dict, list, tuple, str, int, float, set, Exception]
    for base in bases:
        kind = make(base, 'Hostile' + base.__name__)
        hostile_types.append(kind)
        planted.append(base.__new__(kind))
    named = type.__call__(Meta, 'Named', (object,), {})
    if sys.version_info[0] == 3:
        named.__qualname__ = StrangeName('Strange')
    named.__module__ = StrangeName('strange')
    planted.append(object.__new__(named))
    dict.__setitem__(planted[1], 'key', planted[0])
    list.append(planted[2], planted[1])
    thread_type = type('Thread', (threading.Thread,), {'name': property(tripwire('name')),
                                                       '__repr__': tripwire('thread.__repr__')})
    stop = threading.Event()
    thread = threading.Thread.__new__(thread_type)
    threading.Thread.__init__.__get__(thread)(target=stop.wait) if sys.version_info[0] == 3 else None
    arm_meta()
    ordinary = [Ordinary() for _ in range(50)]
    young = (ordinary[0], [ordinary[1]])
    seen = []

    files = sorted(os.listdir('/proc/self/fd'))
    names = sorted(sys.modules)
    gc.collect()
    gc.disable()
    gc.set_threshold(701, 11, 12)
    del calls[:]
    for item in ordinary:
        seen.append(gc.is_tracked(item))
    counts = array.array('l', map(raw_count, planted + ordinary + hostile_types))
    referents = [list(map(id, gc.get_referents(item))) for item in ordinary]
    sizes = [sys.getsizeof(item) for item in ordinary]
    callbacks = list(getattr(gc, 'callbacks', []))
    state = (gc.isenabled(), gc.get_threshold(), gc.get_debug(), sys.gettrace(), sys.getprofile())
    interval = (getattr(sys, 'getswitchinterval', None) or sys.getcheckinterval)()
    gc.enable()
    for _ in range(2):
        gc.get_count()      # its tuple may be the first since the free lists were emptied
        before = gc.get_count()[0]
        ouroboros_capture.snapshot(PATH, in_process=IN_PROCESS)
        after = gc.get_count()[0]
        assert gc.isenabled()
        assert IN_PROCESS or after == before, (before, after)
    gc.disable()
    capture_while_traced()
    assert calls == [], calls
    now = (gc.isenabled(), gc.get_threshold(), gc.get_debug(), sys.gettrace(), sys.getprofile())
    assert now == state, (state, now)
    assert (getattr(sys, 'getswitchinterval', None) or sys.getcheckinterval)() == interval
    later = array.array('l', map(raw_count, planted + ordinary + hostile_types))
    assert later == counts, [(i, a, b) for i, (a, b) in enumerate(zip(counts, later)) if a != b]
    assert [list(map(id, gc.get_referents(item))) for item in ordinary] == referents, 'a dict was made'
    assert [sys.getsizeof(item) for item in ordinary] == sizes
    assert [gc.is_tracked(item) for item in ordinary] == seen
    assert list(getattr(gc, 'callbacks', [])) == callbacks and len(callbacks) <= 1
    assert sorted(os.listdir('/proc/self/fd')) == files, (files, os.listdir('/proc/self/fd'))
    assert sorted(sys.modules) == names, set(sys.modules) - set(names)
    assert young[0] is ordinary[0]
    try:
        os.waitpid(-1, os.WNOHANG)
        raise AssertionError('a child is left')
    except OSError as error:
        assert error.errno == 10, error
    stop.set()
    assert calls == [], calls
    for kind in hostile_types:
        type.__setattr__(kind, '__del__', lambda self: None)
    os.write(1, b'ok\n')
    os._exit(0)


main()
