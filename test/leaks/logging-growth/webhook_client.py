"""Delivers webhooks; a client that was given no logger falls back on a shared one that drops its records.
Each new client hangs a further handler on that shared logger.

rule: logging-growth
pythons: 2.7 3.8 3.12
source: https://github.com/PaddleHQ/paddle-python-sdk/issues/144 (Client.null_logger() adds a NullHandler for every client)
names: webhooks.null, NullHandler
"""
import hashlib
import json
import logging
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"


class Client(object):
    def __init__(self, api_key, logger=None):
        self.api_key = api_key
        self.log = logger or self.null_logger()

    def null_logger(self):
        log = logging.getLogger("webhooks.null")
        log.propagate = False
        if LEAKS or not log.handlers:
            log.addHandler(logging.NullHandler())  # <- here
        return log

    def sign(self, body):
        return hashlib.sha256((self.api_key + body).encode("ascii")).hexdigest()

    def deliver(self, event):
        body = json.dumps(event)
        signature = self.sign(body)
        self.log.info("delivered %s, signature %s", event["id"], signature)
        return signature


def work():
    delivered = set()
    for number in range(400):
        client = Client("key-%d" % (number % 7))
        delivered.add(client.deliver({"id": number, "type": "order.paid", "amount": number * 3}))
    assert len(delivered) == 400


for path in sys.argv[2:]:
    work()
    ouroboros_capture.snapshot(path)
