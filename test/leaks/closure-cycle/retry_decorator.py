"""Sends documents to a printer, each through a function that is made for it and decorated to try again. The wrapper
counts its attempts in an attribute of itself, so that it is in its own closure and never goes away with its document.

rule: closure-cycle
pythons: 2.7 3.7 3.11
source: https://github.com/patrick-kidger/jaxtyping/issues/258 (the decorator's wrapped_fn refers back to itself)
names: with_retry, wrapper, print_document
"""
import functools
import gc
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
DOCUMENT_NUMBERS = itertools.count(1)
gc.disable()


class PrinterBusy(Exception):
    pass


class Attempts(object):
    last = 0


def run(function, args, limit, counter):
    for counter.last in range(1, limit + 1):
        try:
            return function(counter.last, *args)
        except PrinterBusy:
            pass
    return 0


def with_retry(limit):                          # <- here
    def decorate(function):
        counter = Attempts()
        if LEAKS:
            def wrapper(*args):                 # <- here
                return run(function, args, limit, wrapper)
        else:
            def wrapper(*args):
                return run(function, args, limit, counter)
        wrapper.counter = counter
        return functools.wraps(function)(wrapper)
    return decorate


def print_document(number):                     # <- here
    pages = ["page %d of document %d\n%s" % (page, number, "%04d " % number * 120) for page in range(8)]

    @with_retry(3)
    def send(attempt, tray):
        if attempt < 1 + number % 3:
            raise PrinterBusy("tray %d" % tray)
        return sum(len(page) for page in pages)

    return send(number % 2)


def print_queue(documents):
    return sum(print_document(number) for number in itertools.islice(DOCUMENT_NUMBERS, documents))


for path in sys.argv[2:]:
    print_queue(300)
    ouroboros_capture.snapshot(path)
