"""Books stock movements and buffers the audit records, so that they are written in batches.
The buffering handler has no target to flush to, so that it keeps every record together with its arguments.

rule: logging-growth
pythons: 2.7 3.7 3.11
source: https://github.com/Tribler/tribler/pull/8530 (a MemoryHandler whose flush does not empty it)
names: AUDIT_BUFFER, LogRecord
"""
import logging
import logging.handlers
import os
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

AUDIT_BUFFER = logging.handlers.MemoryHandler(capacity=50)  # <- here
audit = logging.getLogger("warehouse.audit")
audit.propagate = False
audit.setLevel(logging.INFO)
audit.addHandler(AUDIT_BUFFER)
if not LEAKS:
    AUDIT_BUFFER.setTarget(logging.FileHandler(os.devnull))


class Movement(object):
    def __init__(self, number, article, quantity):
        self.number = number
        self.article = article
        self.quantity = quantity
        self.labels = ["parcel %d/%d of movement %d" % (part, quantity, number) for part in range(quantity)]

    def __str__(self):
        return "movement %d: %d pieces of %s" % (self.number, self.quantity, self.article)


class Warehouse(object):
    def __init__(self):
        self.stock = {}
        self.movements = 0

    def book(self, article, quantity):
        self.movements += 1
        movement = Movement(self.movements, article, quantity)
        self.stock[article] = self.stock.get(article, 0) + quantity
        audit.info("booked %s, now %d in stock", movement, self.stock[article])


def work(warehouse):
    for number in range(600):
        warehouse.book("article-%d" % (number % 40), 1 + number % 12)


warehouse = Warehouse()
for path in sys.argv[2:]:
    work(warehouse)
    ouroboros_capture.snapshot(path)
