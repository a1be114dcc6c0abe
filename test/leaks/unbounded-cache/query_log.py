"""Runs the queries of a background importer and logs each one for the debug toolbar. The log is a list in a closure,
and a process without requests never resets it.

rule: unbounded-cache
pythons: 2.7 3.8 3.11
source: https://github.com/django/django/pull/2772 (connection.queries grows without limit in background tasks)
names: log_queries, queries_log
"""
import collections
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
QUERY_LIMIT = 400
ORDER_NUMBERS = itertools.count(1)


class Connection(object):
    def __init__(self, alias):
        self.alias = alias
        self.wrappers = []
        self.rows_written = 0

    def execute(self, sql, params):
        for wrapper in self.wrappers:
            wrapper(sql, params)
        self.rows_written += 1
        return self.rows_written


def log_queries(connection):                # <- here
    if LEAKS:
        queries_log = []                    # <- here
    else:
        queries_log = collections.deque(maxlen=QUERY_LIMIT)

    def record(sql, params):
        queries_log.append({"sql": sql % params, "params": params, "alias": connection.alias, "time": 0.001})

    connection.wrappers.append(record)


def import_orders(connection, amount):
    for number in itertools.islice(ORDER_NUMBERS, amount):
        lines = ", ".join("(%d, %d, 'SKU-%05d')" % (number, line, (number * 31 + line) % 99991) for line in range(12))
        connection.execute("INSERT INTO order_line (order_id, line, sku) VALUES %s", (lines,))
        connection.execute("UPDATE customer SET last_order = %d WHERE id = %d", (number, number % 977))


CONNECTION = Connection("default")
log_queries(CONNECTION)
for path in sys.argv[2:]:
    import_orders(CONNECTION, 1500)
    ouroboros_capture.snapshot(path)
