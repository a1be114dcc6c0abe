# -*- coding: utf-8 -*-
"""Builds objects whose references are all known, captures, tells the truth about them, and waits.

usage: target_truth.py AGENT_FOLDER FILE fork|in-process
Prints one JSON document: addresses and names only. Runs on 2.7 and 3.x."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import functools
import gc
import json
import os
import threading
import time
import weakref

import ouroboros_capture

PY2 = sys.version_info[0] == 2


class Plain(object):
    def __init__(self, *values):
        for i, value in enumerate(values):
            setattr(self, 'attribute_%d' % i, value)


class Partial(object):
    """Instances with different sets of attributes."""
    def __init__(self, first, second=None, third=None):
        self.first = first
        if second is not None:
            self.second = second
        if third is not None:
            self.third = third


class Slotted(object):
    __slots__ = ('left', 'right', '__weakref__')


class SlottedChild(Slotted):
    __slots__ = ('extra',)


class SlottedWithDict(Slotted):
    pass


class Mapping(dict):
    pass


class Integer(int):
    pass


class Tuple(tuple):
    pass


class Failure(Exception):
    pass


def fresh():
    return ['fresh']


truth = {'attributes': {}, 'either': {}, 'entries': {}, 'variables': {}, 'exact': [], 'absent': []}
keep = []       # holds each planted object once, and so once more than its referents


def plant(item, **attributes):
    """Keeps an object whose attributes (slots, inline values, dict) are known."""
    keep.append(item)
    truth['attributes'][str(id(item))] = dict((name, id(value)) for name, value in attributes.items())
    return item


def plant_instances():
    values = [fresh() for _ in range(40)]
    for count in (3, 40):       # 40 are more attributes than inline values are kept for
        item = Plain(*values[:count])
        keep.append(item)
        truth['either'][str(id(item))] = dict(('attribute_%d' % i, id(values[i])) for i in range(count))
    a, b, c = fresh(), fresh(), fresh()
    for item, expected in ((Partial(a), {'first': a}), (Partial(b, third=c), {'first': b, 'third': c})):
        keep.append(item)
        truth['either'][str(id(item))] = dict((name, id(value)) for name, value in expected.items())
    item = Partial(fresh(), fresh(), fresh())
    del item.second
    keep.append(item)
    truth['either'][str(id(item))] = {'first': id(item.first), 'third': id(item.third)}
    item = Partial(fresh(), fresh())
    item.__dict__
    keep.append(item)
    truth['either'][str(id(item))] = {'first': id(item.first), 'second': id(item.second)}
    late = Partial(fresh())
    late.later = fresh()
    keep.append(late)
    truth['either'][str(id(late))] = {'first': id(late.first), 'later': id(late.later)}


def plant_slots():
    item = Slotted()
    item.left = fresh()
    plant(item, left=item.left)         # `right` is not set
    item = Slotted()
    item.left, item.right = fresh(), fresh()
    plant(item, left=item.left, right=item.right)
    item = SlottedChild()
    item.extra, item.right = fresh(), fresh()
    plant(item, extra=item.extra, right=item.right)
    item = SlottedWithDict()
    item.left, item.other = fresh(), fresh()
    keep.append(item)
    truth['either'][str(id(item))] = {'left': id(item.left), 'other': id(item.other)}


def plant_dicts():
    item = Mapping()
    item['key'] = fresh()
    item[7] = fresh()
    keep.append(item)
    truth['entries'][str(id(item))] = {'key': id(item['key'])}
    item = {'alpha': fresh(), 'beta': fresh(), (1, 2): fresh()}
    keep.append(item)
    truth['entries'][str(id(item))] = {'alpha': id(item['alpha']), 'beta': id(item['beta'])}


def plant_functions():
    captured, default = fresh(), fresh()

    def function(argument=default):
        return captured, argument
    cell = (function.__closure__ or function.func_closure)[0]
    plant(function, __code__=function.__code__, __defaults__=function.__defaults__,
          __closure__=function.__closure__, __globals__=globals())
    truth['free'] = {str(id(function.__code__)): ['captured']}
    truth['exact'].append(id(cell))
    owner = Plain()
    method = owner.__init__
    plant(method, __func__=(method.__func__ if not PY2 else method.im_func), __self__=owner)
    truth['exact'].append(id(owner))
    thing = fresh()
    partial = functools.partial(function, thing, key=thing)
    plant(partial, func=function, args=partial.args)
    plant(property(function), fget=function)
    keep.append(staticmethod(function))
    keep.append(slice(fresh(), fresh(), None))
    plant(keep[-1], start=keep[-1].start, stop=keep[-1].stop)
    callback = weakref.ref(owner, function)
    plant(callback, __callback__=function)
    truth['weak'] = [id(owner), id(callback)]
    sample = fresh()
    plant(sample.append, __self__=sample)


def plant_exception():
    local = fresh()
    try:
        try:
            raise KeyError('cause')
        except KeyError:
            raise Failure('text')
    except Failure as error:
        failure = error
    sys.exc_clear() if PY2 else None
    expected = {'args': failure.args}
    if not PY2:
        expected.update(__traceback__=failure.__traceback__, __context__=failure.__context__)
    plant(failure, **expected)
    if not PY2:
        trace = failure.__traceback__
        plant(trace, tb_frame=trace.tb_frame)
        truth['variables'][str(id(trace.tb_frame))] = {'local': id(local)}
        del trace
    failure = None


def generator(argument):
    inner = fresh()
    unbound = 1
    del unbound

    def nested():
        return inner
    yield nested
    yield argument
    later = 1
    yield later


def plant_generators():
    argument = fresh()
    item = generator(argument)
    nested = next(item)
    keep.append(item)
    cell = (nested.__closure__ if not PY2 else nested.func_closure)[0]
    owner = item if sys.version_info >= (3, 11) else item.gi_frame
    if owner is not item:
        keep.append(owner)
    truth['variables'][str(id(owner))] = {'argument': id(argument), 'inner': id(cell), 'nested': id(nested)}
    done = generator(fresh())
    for _ in done:
        pass
    keep.append(done)
    unstarted = generator(fresh())
    keep.append(unstarted)
    truth['generators'] = {'suspended': id(item), 'finished': id(done), 'unstarted': id(unstarted)}


def plant_cycle():
    ring = [Plain() for _ in range(5)]
    for i, item in enumerate(ring):
        item.next = ring[i - 1]
    truth['ring'] = [id(item) for item in ring]


def plant_types():
    Base = type('Base', (object,), {'attribute': fresh()})
    type('Derived', (Base,), {'method': lambda self: self})
    keep.append(Base)


ready, release = threading.Event(), threading.Event()


def worker():
    in_thread = fresh()
    truth['thread'] = {'name': 'in_thread', 'value': id(in_thread)}
    truth['exact'].append(id(in_thread))
    ready.set()
    release.wait()


def await_parked(thread):
    """Returns when the thread stands still inside Condition.wait."""
    last = None
    while True:
        frame = sys._current_frames()[thread.ident]
        now = frame.f_code.co_name, frame.f_lasti
        frame = None
        if now == last and now[0] == 'wait':
            return
        last = now
        time.sleep(0.02)


def main():
    gc.disable()
    local_of_main = fresh()
    truth['main_local'] = id(local_of_main)
    for function in (plant_instances, plant_slots, plant_dicts, plant_functions, plant_exception,
                     plant_generators, plant_cycle, plant_types):
        function()
    truth['exact'].extend(id(item) for item in keep)
    for item in keep:
        for value in gc.get_referents(item):
            if type(value) is list and value == ['fresh']:
                truth['exact'].append(id(value))
    value = item = function = None
    thread = threading.Thread(target=worker, name='the-worker')
    thread.daemon = True
    thread.start()
    ready.wait()
    await_parked(thread)
    truth['keep'] = id(keep)
    print(json.dumps(truth))
    sys.stdout.flush()
    gc.disable()
    # from here on as little as possible: what is counted in memory while we wait is compared with the capture
    ouroboros_capture.snapshot(sys.argv[2], in_process=sys.argv[3] == 'in-process')
    os.write(1, b'captured\n')
    os.read(0, 1)
    release.set()


main()
