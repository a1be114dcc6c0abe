"""Exports reports page by page: a client gets a cursor, which is a pipeline of generators, and asks for the pages. The
cursors of clients that never ask for the last page are kept, each with the rows of its report.

rule: generator-pile
pythons: 2.7 3.8 3.11
source: own
names: ExportService, cursors, pages
"""
import collections
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
REPORT_NUMBERS = itertools.count(1)


def load_rows(report):
    return [("r%05d" % report, row, (report * 7 + row) % 1000 / 8.0) for row in range(60)]


def formatted(rows):
    for report, row, amount in rows:
        yield "%s;%d;%.3f\n" % (report, row, amount)


def pages(lines, size):                             # <- here
    page = []
    for line in lines:
        page.append(line)
        if len(page) == size:
            yield "".join(page)
            page = []
    if page:
        yield "".join(page)


class ExportService(object):                        # <- here
    max_cursors = 16

    def __init__(self):
        self.cursors = collections.OrderedDict()    # <- here
        self.bytes_sent = 0

    def open(self, report):
        positive = (row for row in load_rows(report) if row[2] > 0)
        self.cursors[report] = pages(formatted(positive), 20)
        if not LEAKS and len(self.cursors) > self.max_cursors:
            _oldest, cursor = self.cursors.popitem(last=False)
            cursor.close()

    def next_page(self, report):
        page = next(self.cursors[report], None)
        if page is None:
            del self.cursors[report]
            return ""
        self.bytes_sent += len(page)
        return page


def serve_exports(service, reports):
    """Every fifth client reads its whole report, the others look at the first page only."""
    for report in itertools.islice(REPORT_NUMBERS, reports):
        service.open(report)
        while service.next_page(report) and report % 5 == 0:
            pass


SERVICE = ExportService()
for path in sys.argv[2:]:
    serve_exports(SERVICE, 400)
    ouroboros_capture.snapshot(path)
