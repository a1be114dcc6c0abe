"""Random heaps with the answer of the real collector, in Pyodide (CPython 3.14 as WebAssembly): run by pyodide.mjs.

There are no threads and no forks here. Instead pyodide.mjs puts the memory back to what it was, so that each question
is asked about the same heap, made anew at the same addresses. ouroboros_capture.py must be on sys.path.
"""
import array
import ctypes
import gc
import io
import json
import os
import runpy
import sys
import zlib

import forked
import ouroboros_capture
import random_heap
import truth


def prepare():
    """Makes the state from which each heap starts."""
    random_heap.silence_warnings()
    random_heap.build(1)  # what is made only once is there from now on
    random_heap.HELD.clear()
    truth.clean_up()
    del random_heap.RISEN[:]
    truth.clean_up()
    gc.disable()


def waits(first, second):
    """A generator that waits while its stack holds three references without a count."""
    kept = second
    return [first, first, kept, (yield)]


def waits_for_one(first, second):
    """A generator that waits while its stack holds two references without a count, both to `first`."""
    return [first, first, (yield second)]


def calls(function, argument):
    """A generator that runs `function`, while its stack holds a reference without a count."""
    yield [argument, function()]


def leak(seed):
    """Leaves a generator that waits as garbage, in a cycle. Returns what the caller is to hold twice.

    Who takes what it borrows for counted references is wrong about the cycle: part of it is borrowed, and would have a
    count below zero; or, with an odd seed, what the caller holds would have none left. The tuples hold nothing that can
    be tracked: they are garbage that no collection finds.
    """
    values, ring = [seed], []
    generator = (waits_for_one if seed % 2 else waits)(values, ring)
    next(generator)
    ring.append(generator)
    inner = (seed, "text")  # never tracked; tuples of tuples are, at first
    middle = (inner, seed)
    ring.append((middle, seed))
    return values


def ask(folder, seed, question):
    """Builds the heap of a seed and writes the answer to FOLDER/SEED.NAME.json.

    The question is a position in NAMES: a number, for texts of different lengths would lie in different places, and so
    would all that comes after them. Returns a number that stands for the heap: the same for each question about it.
    """
    old = [seed]
    old.append(old)
    for _ in range(1 + seed % 2):
        gc.collect()  # all is yet to be visited then, and the collector's two lists of old objects change places
    held, parked = random_heap.build(seed)
    first = second = leak(seed)
    del old
    waiting = waits(held, parked)
    next(waiting)
    del held
    heap = array.array("Q", map(id, gc.get_objects()))
    number = zlib.crc32(heap)
    del heap
    path = os.path.join(folder, "%d" % seed)
    answer = next(calls(lambda: QUESTIONS[question](path), waiting))[1]
    truth.write("%s.%s.json" % (path, NAMES[question]), answer)
    del first, second
    return number


def captured(path):
    """Takes a snapshot; then what a full collection finds."""
    ouroboros_capture.snapshot(path + ".pyheapsnapshot")
    return forked.found(path, 2)


def young(path):
    """What a collection of the young objects finds."""
    return forked.found(path, 0)


def plain(path):
    """What a full collection does."""
    return forked.done(random_heap.LOG)


def counts(path):
    """Takes a snapshot; then the refcounts as they stand in memory: {address: count}.

    What reads them is there before the snapshot, and counted in it.
    """
    words = (ctypes.c_uint32 * (1 << 26)).from_address(0)
    memory = memoryview(words).cast("B").cast("I")
    ouroboros_capture.snapshot(path + ".counts.pyheapsnapshot")
    addresses = list(map(id, gc.get_objects()))
    return {address: memory[address // memory.itemsize] for address in addresses}


def generators(path):
    """Runs ../capture/target_generators.py: [[name, address, guarded, unstarted, what ran]]."""
    arguments, output = sys.argv, sys.stdout
    sys.argv = ["target_generators.py", "/agent", path + ".generators.pyheapsnapshot", "in-process"]
    sys.stdout = io.StringIO()
    try:
        runpy.run_path("/capture/target_generators.py")
        return json.loads(sys.stdout.getvalue())
    finally:
        sys.argv, sys.stdout = arguments, output


QUESTIONS = (captured, young, plain, counts, generators)
NAMES = [question.__name__ for question in QUESTIONS]
