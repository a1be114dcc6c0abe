"""Delivers webhooks for the requests of a service and keeps failed deliveries for a later attempt in the context of
their request. That context still has the request in a variable that nothing has reset.

rule: context-pin
pythons: 3.7 3.10 3.12
source: own
names: CURRENT_REQUEST, FAILED_DELIVERIES, handle_request
"""
import collections
import contextvars
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
REQUEST_NUMBERS = itertools.count(1)
REQUEST_ID = contextvars.ContextVar("request_id")
CURRENT_REQUEST = contextvars.ContextVar("current_request")         # <- here
FAILED_DELIVERIES = collections.deque(maxlen=2000)                  # <- here


class Request:
    def __init__(self, number):
        self.id = "req-%08x" % number
        self.form = {"field%d" % field: "value %d of request %d" % (field, number) for field in range(20)}
        self.attachment = ("%08d" % number).encode() * 600


def store_request():
    request = CURRENT_REQUEST.get()
    return {"id": request.id, "bytes": len(request.attachment), "fields": len(request.form)}


def deliver(event, attempt):
    """True if the receiver has taken the event."""
    return attempt > 1 or int(REQUEST_ID.get()[4:], 16) % 2 == 0


def handle_request(number):                                         # <- here
    request = Request(number)
    REQUEST_ID.set(request.id)
    token = CURRENT_REQUEST.set(request)                            # <- here
    event = store_request()
    if not LEAKS:
        CURRENT_REQUEST.reset(token)
    if not deliver(event, 1):
        FAILED_DELIVERIES.append((event, contextvars.copy_context()))
    return event["bytes"]


def retry_failed():
    """Another attempt for the oldest few, in the context of their request."""
    for event, context in list(FAILED_DELIVERIES)[:5]:
        if context.run(deliver, event, 2):
            FAILED_DELIVERIES.remove((event, context))


def serve(requests):
    for number in itertools.islice(REQUEST_NUMBERS, requests):
        contextvars.copy_context().run(handle_request, number)
        if number % 100 == 0:
            retry_failed()


for path in sys.argv[2:]:
    serve(700)
    ouroboros_capture.snapshot(path)
