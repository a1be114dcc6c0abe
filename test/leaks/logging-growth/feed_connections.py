"""Serves short-lived feed connections, each of which logs with its own number.
A child logger is fetched per connection, and logging's manager keeps each logger that it ever made.

rule: logging-growth
pythons: 3.6 3.9 3.13
source: https://github.com/tarasko/picows/issues/72 (a getChild() logger for each connection is never freed)
names: loggerDict, feed
"""
import logging
import os
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

LOG = logging.getLogger("feed")
LOG.addHandler(logging.FileHandler(os.devnull))
LOG.setLevel(logging.INFO)


class NumberedLog(logging.LoggerAdapter):
    def process(self, message, options):
        return "[%d] %s" % (self.extra["connection"], message), options


class Connection:
    def __init__(self, number):
        if LEAKS:
            self.log = LOG.getChild("connection-%d" % number)  # <- here
        else:
            self.log = NumberedLog(LOG, {"connection": number})
        self.received = 0

    def feed(self, data):
        self.received += len(data)
        self.log.debug("%d bytes more", len(data))

    def close(self):
        self.log.info("closed after %d bytes", self.received)


class Server:
    def __init__(self):
        self.accepted = 0

    def serve(self, messages):
        self.accepted += 1
        connection = Connection(self.accepted)
        for message in messages:
            connection.feed(message)
        connection.close()


def work(server):
    for number in range(500):
        server.serve([b"tick" * (number % 9), b"quote" * 3])


feed_server = Server()
for path in sys.argv[2:]:
    work(feed_server)
    ouroboros_capture.snapshot(path)
