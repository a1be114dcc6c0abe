"""Searches a directory server that often drops the connection, and tries again. Each failure goes into the history of
the strategy as its sys.exc_info(), and the traceback keeps the frames of the failed search with the packet they read.

rule: traceback-pin
pythons: 2.7 3.8 3.11
source: https://github.com/cannatag/ldap3/issues/529 (RestartableStrategy stores exceptions in exception_history)
names: exception_history, _add_exception_to_history, receive_packet
"""
import collections
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
SEARCH_NUMBERS = itertools.count(1)


class ConnectionDropped(Exception):
    pass


class RestartableStrategy(object):
    history_limit = 2000

    def __init__(self, host):
        self.host = host
        self.restarts = 0
        self.exception_history = collections.deque(maxlen=self.history_limit)   # <- here

    def _add_exception_to_history(self):                                        # <- here
        kind, value, trace = sys.exc_info()
        if LEAKS:
            self.exception_history.append((self.restarts, kind, value, trace))
        else:
            self.exception_history.append((self.restarts, kind, str(value), trace.tb_lineno))

    def receive_packet(self, number, attempt):
        packet = bytearray(("entry-%06d;" % number).encode("ascii") * 512)
        if attempt == 0 and number % 2:
            raise ConnectionDropped("%s closed the connection after %d bytes" % (self.host, len(packet)))
        return packet

    def search(self, number):
        for attempt in range(2):
            try:
                return self.receive_packet(number, attempt).count(b";")
            except ConnectionDropped:
                self.restarts += 1
                self._add_exception_to_history()
        return 0


def look_up_people(strategy, amount):
    return sum(strategy.search(number) for number in itertools.islice(SEARCH_NUMBERS, amount))


STRATEGY = RestartableStrategy("ldap.example.org")
for path in sys.argv[2:]:
    look_up_people(STRATEGY, 700)
    ouroboros_capture.snapshot(path)
