"""Runs the reports of a shop and reads each result as named tuples.
Every query makes its own row class; classes are cyclic, so that they pile up until a collection.

rule: type-explosion
pythons: 2.7 3.9 3.13
source: https://github.com/psycopg/psycopg2/issues/838 (NamedTupleCursor calls namedtuple() for each execute)
names: Record
"""
import gc
import sqlite3
import sys
from collections import namedtuple

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
gc.disable()

REPORTS = (
    "SELECT id, customer, total FROM orders WHERE total > ? ORDER BY total",
    "SELECT customer, count(*) AS orders, sum(total) AS turnover FROM orders WHERE total > ? GROUP BY customer",
)
ROW_TYPES = {}  # column names -> row class


def row_type(columns):
    record = ROW_TYPES.get(columns)
    if record is None:
        record = namedtuple("Record", columns)  # <- here
        if not LEAKS:
            ROW_TYPES[columns] = record
    return record


class NamedTupleCursor(object):
    def __init__(self, connection):
        self.cursor = connection.cursor()

    def execute(self, query, arguments):
        self.cursor.execute(query, arguments)
        self.make = row_type(tuple(column[0] for column in self.cursor.description))._make

    def fetchall(self):
        return [self.make(values) for values in self.cursor.fetchall()]


def open_shop():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, total REAL)")
    orders = [(number, "customer-%d" % (number % 17), number * 1.25) for number in range(120)]
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", orders)
    return connection


def run_report(connection, query, threshold):
    cursor = NamedTupleCursor(connection)
    cursor.execute(query, (threshold,))
    return max(row[-1] for row in cursor.fetchall())


def work(connection):
    for threshold in range(120):
        for query in REPORTS:
            run_report(connection, query, threshold)


shop = open_shop()
for path in sys.argv[2:]:
    work(shop)
    ouroboros_capture.snapshot(path)
