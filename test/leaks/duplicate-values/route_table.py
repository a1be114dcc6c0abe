"""Keeps the routing table of a BGP peer: 6000 prefixes with the path and the next hop of each.
The attributes are parsed for every prefix, although there are but twelve paths and four next hops.

duplicates: tuple (64500 + n, 3356, 1299, 65000 + n) x 500 for each n from 0 to 11 (6000 in all)
duplicates: bytes, packed next hop 192.0.2.1 to 192.0.2.4, x 1500 each
duplicates: int 3356 x 6000, int 1299 x 6000, int 64500 + n and 65000 + n x 500 each
rule: duplicate-values
pythons: 2.7 3.7 3.12
source: https://github.com/Exa-Networks/exabgp/issues/12 (ExaBGP's cache of attributes that many routes share)
names: RIB
"""
import socket
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

RIB = {}  # prefix -> route  # <- here


class Route(object):
    __slots__ = ("path", "next_hop")

    def __init__(self, path, next_hop):
        self.path = path
        self.next_hop = next_hop


class Attributes(object):
    """What is known of attributes while a dump is read."""

    def __init__(self):
        self.known = {}

    def share(self, value):
        return value if LEAKS else self.known.setdefault(value, value)


def dump():
    for number in range(6000):
        peer = number % 12
        yield "10.%d.%d.0/24|%d 3356 1299 %d|192.0.2.%d" % (
            number // 256, number % 256, 64500 + peer, 65000 + peer, 1 + number % 4)


def parse_path(text):  # <- here
    return tuple([int(hop) for hop in text.split()])


def load_table():
    attributes = Attributes()
    RIB.clear()
    for line in dump():
        prefix, path, next_hop = line.split("|")
        RIB[prefix] = Route(attributes.share(parse_path(path)), attributes.share(socket.inet_aton(next_hop)))


def longest_path():
    return max(len(route.path) for route in RIB.values())


for path in sys.argv[2:]:
    load_table()
    longest_path()
    ouroboros_capture.snapshot(path)
