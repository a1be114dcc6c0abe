"""A weak reference's callback in the middle of a decref: `python channel.py FOLDER`.

A receiver lets go of the tasklet that ran before while a value is in transit through their channel. That is the end of
the tasklet: callbacks, finalizers and a `finally` run, and one callback uses the channel itself. What the careless
receiver takes out then is not what was sent; the careful one has taken it out before.

Takes a snapshot (FOLDER/channel.pyheapsnapshot), then lets both receive, and prints what came of it.
"""
import gc
import json
import os
import sys
import weakref

import forked
import ouroboros_capture

LOG = []
NAMES = {}
MESSAGE = "a string in transit"


def named(name, item):
    NAMES[id(item)] = name
    return item


class Finalized(object):
    def __init__(self, name):
        self.name = name
        named(name, self)

    def __del__(self):
        LOG.append("finalizer " + self.name)


class Tasklet(Finalized):
    """Holds the generator that it runs, and frames of functions that have returned."""

    def __init__(self, name, frame):
        Finalized.__init__(self, name)
        self.run = named("body of " + name, body(name, Finalized("argument of " + name)))
        next(self.run)
        self.run.gi_frame.f_locals  # up to 3.12 the frame has a dict now that holds its variables too
        self.frame = frame
        self.result = Finalized("result of " + name)


def body(name, argument):
    inner = Finalized("local variable of " + name)
    try:
        yield argument, inner
    finally:
        LOG.append("close body of " + name)


def caller(name):
    outer = Finalized("variable of the caller of " + name)
    return outer and callee(name)


def callee(name):
    inner = Finalized("variable of the callee of " + name)
    return inner and sys._getframe()


class Channel(object):
    previous = None
    transit = None

    def receive(self):
        self.previous = None  # lets go of the tasklet that ran before
        return self.transit


class CarefulChannel(Channel):
    def receive(self):
        value, self.transit = self.transit, None
        self.previous = None
        return value


def watch(channel, name, do):
    def callback(_):
        LOG.append("callback " + name)
        do()

    return named(name, weakref.ref(channel.previous, callback))


def prepare(channel, name):
    """Puts a string in transit and a tasklet behind it. Returns who watches that one."""
    channel.transit = MESSAGE

    def send():
        channel.transit = None

    return [
        watch(channel, "first watcher of " + name, int),
        watch(channel, "second watcher of " + name, send),
        watch(channel, "third watcher of " + name, int),
    ]


def receive(channel):
    del LOG[:]
    tracked = forked.listed(gc.get_objects())
    received = channel.receive()
    after = gc.get_objects()  # at once: what is made now can take the place of what is gone
    gone = forked.gone(tracked, after)
    del after
    return {"channel": id(channel), "log": LOG[:], "gone": gone, "sent": MESSAGE, "received": received}


def main(folder):
    gc.collect()
    gc.disable()
    careless, careful = Channel(), CarefulChannel()
    careless.previous = Tasklet("the tasklet", caller("the tasklet"))
    careful.previous = Tasklet("the other tasklet", caller("the other tasklet"))
    watchers = prepare(careless, "the tasklet") + prepare(careful, "the other tasklet")
    ouroboros_capture.snapshot(os.path.join(folder, "channel.pyheapsnapshot"))
    return {"names": NAMES, "careless": receive(careless), "careful": receive(careful), "watchers": len(watchers)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
