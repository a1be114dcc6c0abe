# -*- coding: utf-8 -*-
"""Suspends generators at points where closing them runs code of the program, or none; captures; drops them one
by one, and tells what ran.

usage: target_generators.py AGENT_FOLDER FILE fork|in-process [traced]
Prints one JSON document: [[name, address, guarded, unstarted, [what ran]]]. Runs on 2.7 and 3.x."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import gc
import json

import ouroboros_capture

log = []
items = []      # [name, object, guarded, unstarted]


def plant(name, item, guarded=False, unstarted=False, steps=1):
    """Keeps a generator after so many steps."""
    for _ in range(0 if unstarted else steps):
        next(item)
    items.append([name, item, guarded, unstarted])
    return item


class Context(object):
    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        log.append('exit')


def plain():
    yield 1
    yield 2


def loop():
    for i in range(10):
        while True:
            yield i


def in_finally():
    try:
        yield 1
    finally:
        log.append('finally')
    yield 2
    try:
        log.append('never')
    finally:
        yield 3


def in_try():
    try:
        yield 1
    except BaseException:
        log.append('except')


def in_other_try():
    try:
        yield 1
    except ValueError:
        log.append('except')


def in_with():
    with Context():
        yield 1
    del log[:]
    yield 2


def loop_in_try():
    try:
        for i in range(5):
            for k in range(5):
                yield i, k
    finally:
        log.append('finally')


def try_in_loop():
    for i in range(5):
        try:
            yield i
        finally:
            log.append('finally')


def in_except():
    try:
        raise KeyError
    except KeyError:
        yield 1


def in_named_except():
    try:
        raise KeyError
    except KeyError as error:
        yield error


def in_named_except_in_try():
    try:
        try:
            raise KeyError
        except KeyError as error:
            yield error
    finally:
        log.append('finally')


def in_nested_finally():
    try:
        raise KeyError
    except KeyError:
        try:
            yield 1
        finally:
            log.append('finally')


def over(inner):
    for value in inner:
        yield value


def plant_generators():
    plant('plain', plain())
    plant('loop', loop(), steps=4)
    plant('in finally', in_finally(), True)
    plant('after finally', in_finally(), steps=2)
    del log[:]
    plant('in the body of finally', in_finally(), steps=3)
    del log[:]
    plant('in try', in_try(), True)
    plant('in another try', in_other_try(), True)
    plant('in with', in_with(), True)
    plant('after with', in_with(), steps=2)
    plant('loop in try', loop_in_try(), True, steps=7)
    plant('try in loop', try_in_loop(), True, steps=3)
    del log[:]
    plant('in except', in_except())
    plant('in named except', in_named_except())
    plant('in named except in try', in_named_except_in_try(), True)
    plant('in finally in except', in_nested_finally(), True)
    inner = plant('iterated', in_finally(), True, steps=0)
    plant('over', over(inner))
    plant('expression', (value for value in [1, 2, 3]))
    plant('expression over', (value for value in plant('iterated too', in_try(), True, steps=0)))
    plant('unstarted', in_finally(), unstarted=True)
    done = plant('finished', plain(), steps=0)
    list(done)
    space = {}
    exec(MANY, space)
    plant('many constants', space['of_many_constants']())


def running():
    """Is no suspended generator while it captures."""
    try:
        items.append(['running', running_generator[0], False, False])
        ouroboros_capture.snapshot(sys.argv[2], in_process=sys.argv[3] == 'in-process')
        yield 1
    finally:
        log.append('finally')


MANY = 'def of_many_constants():\n%s' % ''.join('    name_%d = %d.5\n' % (i, i) for i in range(400)) + '''\
    try:
        raise KeyError
    except KeyError as late:
        yield late
'''


def trace(*_):
    return trace


def main():
    gc.disable()
    if 'traced' in sys.argv:
        sys.settrace(trace)
    plant_generators()
    if sys.version_info[0] == 3:
        import target_coroutines
        target_coroutines.plant_all(plant, items, log)
    running_generator.append(running())
    next(running_generator[0])
    answer = []
    while items:
        name, item, guarded, unstarted = items.pop()
        address = id(item)
        del log[:]
        item = None
        answer.append([name, address, guarded, unstarted, [str(entry) for entry in log]])
    print(json.dumps(answer))


running_generator = []
main()
