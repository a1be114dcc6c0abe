"""Reads the frames of websocket connections, each with a parser that is a generator and gets bytes with send(). When
a client goes away, its suspended parser stays in the table with all the bytes that it has buffered.

rule: generator-pile
pythons: 2.7 3.6 3.12
source: https://github.com/Lawouach/WebSocket-for-Python/issues/20 (generators are left of each closed websocket)
names: PARSERS, parse_frames, disconnect
"""
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CONNECTION_NUMBERS = itertools.count(1)
ONLINE = set()
PARSERS = {}                                # <- here


def parse_frames():                         # <- here
    """Gets bytes, gives the list of the texts that are complete; a text ends with a zero."""
    buffered = bytearray()
    texts = []
    while True:
        chunk = yield texts
        buffered += chunk
        texts = []
        while b"\0" in buffered:
            end = buffered.index(b"\0")
            texts.append(bytes(buffered[:end]).decode("ascii"))
            del buffered[:end + 1]


def connect(number):
    parser = parse_frames()
    next(parser)
    PARSERS[number] = parser
    ONLINE.add(number)


def receive(number, chunk):
    return len(PARSERS[number].send(chunk))


def disconnect(number):                     # <- here
    ONLINE.discard(number)
    if not LEAKS:
        PARSERS.pop(number).close()


def chat(amount):
    """Clients that stay for four others and go in the middle of a text."""
    texts = 0
    for number in itertools.islice(CONNECTION_NUMBERS, amount):
        connect(number)
        texts += receive(number, ("hello from %d\0" % number).encode("ascii"))
        texts += receive(number, (("message %06d " % number) * 300).encode("ascii"))
        if number > 4:
            disconnect(number - 4)
    return texts


for path in sys.argv[2:]:
    chat(500)
    ouroboros_capture.snapshot(path)
