"""Reads measurements in chunks through readers that give their buffer back to a pool when they die.
The finalizer is a bound method of the reader, and the table of finalizers thus keeps the reader alive.

rule: weak-misuse
pythons: 3.6 3.10 3.13
source: https://github.com/DiamondLightSource/httomo/pull/265 (weakref.finalize(reader, reader.finalize))
names: ChunkReader, finalize
"""
import sys
import weakref

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"


class BufferPool:
    def __init__(self, size):
        self.size = size
        self.free = []

    def take(self):
        return self.free.pop() if self.free else bytearray(self.size)

    def give_back(self, buffer):
        self.free.append(buffer)


class ChunkReader:
    def __init__(self, pool, scan, chunk):
        self.pool = pool
        self.buffer = pool.take()
        self.title = "%s, chunk %d" % (scan, chunk)
        if LEAKS:
            weakref.finalize(self, self.close)  # <- here
        else:
            weakref.finalize(self, pool.give_back, self.buffer)

    def close(self):
        self.pool.give_back(self.buffer)

    def read(self, seed):
        for index in range(0, len(self.buffer), 512):
            self.buffer[index] = (seed + index) % 251
        return sum(self.buffer)


def reconstruct(pool, scan):
    return sum(ChunkReader(pool, scan, chunk).read(chunk) for chunk in range(10))


def work(pool):
    for number in range(40):
        reconstruct(pool, "scan-%d" % number)


buffers = BufferPool(8192)
for path in sys.argv[2:]:
    work(buffers)
    ouroboros_capture.snapshot(path)
