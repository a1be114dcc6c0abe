"""Copies files over SSH, each over a transport of its own with some channels. Every channel has its transport as its
parent and the transport has its channels, so that a closed session keeps its buffers.

rule: object-cycle
pythons: 2.7 3.7 3.11
source: https://github.com/paramiko/paramiko/pull/367 (Channel.transport as a weak reference)
names: Transport, Channel, transport
"""
import gc
import itertools
import sys
import weakref

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
SESSION_NUMBERS = itertools.count(1)
gc.disable()


class Channel(object):                          # <- here
    def __init__(self, number, transport):
        self.number = number
        self.transport = transport if LEAKS else weakref.proxy(transport)   # <- here
        self.in_buffer = bytearray()

    def read(self, size):
        self.in_buffer += self.transport.receive(self.number, size)
        return len(self.in_buffer)


class Transport(object):                        # <- here
    def __init__(self, session):
        self.session = session
        self.channels = {}
        self.packets = 0
        self.active = True

    def open_channel(self):
        channel = Channel(len(self.channels), self)
        self.channels[channel.number] = channel
        return channel

    def receive(self, number, size):
        self.packets += 1
        text = "session %d channel %d packet %d;" % (self.session, number, self.packets)
        return bytearray((text * (size // len(text) + 1)).encode("ascii")[:size])

    def close(self):
        self.active = False


def copy_files(session, files):
    transport = Transport(session)
    size = 0
    for _file in range(files):
        size += transport.open_channel().read(2048)
    transport.close()
    return size


def synchronize(sessions):
    return sum(copy_files(session, 3) for session in itertools.islice(SESSION_NUMBERS, sessions))


for path in sys.argv[2:]:
    synchronize(300)
    ouroboros_capture.snapshot(path)
