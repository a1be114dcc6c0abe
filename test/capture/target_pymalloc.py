# -*- coding: utf-8 -*-
"""Captures a heap of lists, dicts, sets, instances and texts, and says by other means what the allocator holds.

usage: target_pymalloc.py AGENT_FOLDER FILE fork|in-process

Writes next to FILE: FILE.before (the interpreter's statistics before the capture), FILE.moments (the same whenever
the agent reads an arena, each after a line `moment`) and FILE.headers (pool headers, see `Headers`). Prints as one JSON
document: bytes of what ctypes makes of each argument of a call, and where objects have memory beside themselves. Then
waits for a line, so that its memory can be read. Runs on 2.7 and 3.x."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import array
import collections
import ctypes
import gc
import json
import os

import ouroboros_capture

PATH, IN_PROCESS = sys.argv[2], sys.argv[3] == 'in-process'
POOL = 1 << (14 if sys.version_info >= (3, 10) else 12)


class Plain(object):
    """Has a dict, or inline values."""

    def __init__(self, i):
        self.number = i
        self.text = 'text %d' % i
        self.items = [i, str(i)]


class Several(Plain):
    """Instances differ in what they have."""

    def __init__(self, i):
        Plain.__init__(self, i)
        if i % 3:
            setattr(self, 'only_%d' % (i % 3), (i, i + 1))


class Slots(object):
    __slots__ = ('left', 'right')


def build(count):
    kept = []
    for i in range(count):
        slots = Slots()
        slots.left, slots.right = Plain(i), Several(i)
        ordered = collections.OrderedDict((str(k), k) for k in range(i % 12))
        kept.append([slots, ordered, dict.fromkeys(range(i % 9)), {'a': i, 'b': [i]}, set(range(i % 9)),
                     frozenset(range(i % 30)), list(range(i % 17)), array.array('i', range(i % 20)),
                     bytearray(b'x' * (i % 70)), u'\u1234 %d' % i, b'bytes %d' % i, i * 0.5, 10 ** (i % 40),
                     (lambda i=i: i), collections.defaultdict(list, {i: [i]})])
    # arenas that are nearly empty, with pools that were given back
    spare = [[Plain(i), 'spare %d' % i, {i: i}] for i in range(3 * count)]
    kept.append(spare[::1000])
    del spare
    gc.collect()
    return kept


class Headers(object):
    """The first 48 bytes of the pools in which objects of the target are, as they are when the agent reads its first
    arena and when it reads its latest. The file: the addresses of the pools, then these two copies."""

    def __init__(self, kept):
        small = set(id(item) & ~(POOL - 1) for row in kept[:-1] for item in row
                    if type(item) in (list, type(b''), type(u''), dict, set) and sys.getsizeof(item) < 400)
        self.pools = array.array('L', sorted(small))
        self.first = ctypes.create_string_buffer(48 * len(self.pools))
        self.latest = ctypes.create_string_buffer(48 * len(self.pools))
        self.taken = False

    def take(self):
        copy = self.latest if self.taken else self.first
        at = ctypes.addressof(copy)
        for pool in self.pools:
            ctypes.memmove(at, pool, 48)
            at += 48
        self.taken = True

    def write(self):
        with open(PATH + '.headers', 'wb') as stream:
            stream.write(self.pools.tobytes() if sys.version_info[0] == 3 else self.pools.tostring())
            stream.write(self.first.raw + self.latest.raw)


def statistics(path):
    """Appends sys._debugmallocstats() to a file."""
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(descriptor, b'moment\n')
    saved = os.dup(2)
    os.dup2(descriptor, 2)
    sys._debugmallocstats()
    os.dup2(saved, 2)
    os.close(saved)
    os.close(descriptor)


def watch(headers, has_statistics):
    """Makes the agent's reads of whole arenas take the statistics and the headers first."""
    original, read_pools = ouroboros_capture._pread, ouroboros_capture._read_pools
    arena = 64 * POOL

    def pread(descriptor, where, size, address):
        if size == arena or size == arena - POOL:
            if has_statistics:
                statistics(moments)
            headers.take()
        return original(descriptor, where, size, address)

    def read():
        result = read_pools()
        headers.write()
        return result
    moments = PATH + '.moments'
    ouroboros_capture._pread = pread
    ouroboros_capture._read_pools = read


def word(address):
    return ctypes.c_size_t.from_address(address).value


def own_memory(kept):
    """Returns [[owner, address of a block that it has]], by offsets that stand in CPython's headers."""
    rows = []
    for row in kept[::7][:200]:
        slots, ordered, by_number, by_text, some, frozen, numbers, packed, raw = row[:9]
        if sys.version_info[0] == 2:
            rows.append([id(row[9]), word(id(row[9]) + 24)])
            continue
        rows += [[id(item), word(id(item) + 24)] for item in (numbers, row) if item]
        rows += [[id(item), word(id(item) + 32)] for item in (ordered, by_number, by_text) if item]
        rows += [[id(item), word(id(item) + 40)] for item in (some, frozen) if word(id(item) + 40) != id(item) + 64]
        if packed:
            rows.append([id(packed), packed.buffer_info()[0]])
        if raw:
            rows.append([id(raw), ctypes.addressof(ctypes.c_char.from_buffer(raw))])
        if ordered:
            rows += [[id(ordered), word(id(ordered) + at)] for at in (48, 56, 64)]     # first, last node and all
    return rows


def main():
    kept = build(4000)
    headers = Headers(kept)
    has_statistics = hasattr(sys, '_debugmallocstats')
    watch(headers, has_statistics)
    if has_statistics:
        statistics(PATH + '.before')
    ouroboros_capture.snapshot(PATH, in_process=IN_PROCESS)
    print(json.dumps([sys.getsizeof(ctypes.byref(ctypes.c_int())), own_memory(kept)]))
    sys.stdout.flush()
    sys.stdin.readline()


main()
