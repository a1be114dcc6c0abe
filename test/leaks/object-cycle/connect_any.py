"""Fetches pages from the first mirror that answers. The function keeps the errors of the other mirrors in a local
list, their tracebacks lead to its own frame, and the cycle keeps the page after the function has returned.

rule: object-cycle
pythons: 3.6 3.9 3.12
source: https://github.com/python/cpython/issues/88863 (asyncio.open_connection: a local list of exceptions)
names: fetch_any, errors
"""
import gc
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
PAGE_NUMBERS = itertools.count(1)
MIRRORS = ("mirror-a.example.org", "mirror-b.example.org", "mirror-c.example.org")
gc.disable()


class Response:
    def __init__(self, host, number):
        self.host = host
        self.headers = {"content-type": "text/html", "etag": "%016x" % (number * 2654435761), "server": host}
        self.body = ("<p>paragraph %06d of the page</p>\n" % number).encode() * 150


def connect(host, number):
    if MIRRORS.index(host) < number % len(MIRRORS):
        raise ConnectionRefusedError(111, "connect to %s refused" % host)
    return Response(host, number)


def fetch_any(number):                          # <- here
    errors = []                                 # <- here
    response = None
    for host in MIRRORS:
        try:
            response = connect(host, number)
            break
        except OSError as error:
            errors.append(error)
    try:
        if response is None:
            raise errors[-1]
        return len(response.body) - len(errors)
    finally:
        if not LEAKS:
            errors = None


def crawl(pages):
    return sum(fetch_any(number) for number in itertools.islice(PAGE_NUMBERS, pages))


for path in sys.argv[2:]:
    crawl(600)
    ouroboros_capture.snapshot(path)
