"""A heap of about N objects like that of a business application, for the benchmarks.

usage: synthetic_heap.py AGENT_FOLDER OUT N [--no-peer]

Takes a snapshot, then dumps the same heap as JSON lines (address, type, size and referents of one object a line, as
older dump tools write it) for comparison unless told not to, and prints the figures as one JSON document.
"""
import gc
import json
import os
import resource
import sys
import time

sys.path.insert(0, sys.argv[1])
import ouroboros_capture  # noqa: E402


class Invoice(object):
    """An instance with a dict, texts, numbers and containers."""

    def __init__(self, number):
        self.number = number + 10 ** 6
        self.customer = "customer %d" % number
        self.lines = [number * 0.25, ("article %d" % number, number + 10 ** 7)]
        self.extra = {"weight": number * 1.5, "labels": ["small", str(number)]}


class Link(object):
    """An instance with slots."""

    __slots__ = ("before", "after", "value")

    def __init__(self, before, value):
        self.before = before
        self.after = None
        self.value = value


def build(count):
    kept = []
    last = None
    for number in range(count // 16):
        invoice = Invoice(number)
        link = Link(last, invoice)
        if last is not None:
            last.after = link
        last = link
        kept.append(invoice)
        kept.append(lambda invoice=invoice: invoice)
    return kept


def child_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def dump_json_lines(path):
    """Returns how many objects it wrote. Only tracked objects and what they refer to, each once."""
    seen = set()
    written = 0
    with open(path, "w") as out:
        for holder in gc.get_objects():
            for item in [holder] + gc.get_referents(holder):
                if id(item) in seen:
                    continue
                seen.add(id(item))
                written += 1
                row = {
                    "address": id(item),
                    "type": type(item).__name__,
                    "size": sys.getsizeof(item),
                    "refs": [id(other) for other in gc.get_referents(item)],
                }
                out.write(json.dumps(row) + "\n")
    return written


def main():
    out = sys.argv[2]
    kept = build(int(sys.argv[3]))
    gc.collect()
    gc.disable()
    cpu = child_cpu()
    start = time.time()
    ouroboros_capture.snapshot(out)
    figures = {"seconds": time.time() - start, "childCpu": child_cpu() - cpu, "bytes": os.path.getsize(out)}
    if "--no-peer" not in sys.argv:
        start = time.time()
        figures["jsonObjects"] = dump_json_lines(out + ".jsonl")
        figures["jsonSeconds"] = time.time() - start
        figures["jsonBytes"] = os.path.getsize(out + ".jsonl")
        os.unlink(out + ".jsonl")
    print(json.dumps(figures))
    return kept


if __name__ == "__main__":
    main()
