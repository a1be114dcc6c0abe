"""Queries a time series database for the panels of a dashboard. The response of each query object is cached with an
lru_cache on its method, which keeps the query object and its response after the panel has been drawn.

rule: lru-cache-self
pythons: 3.8 3.10 3.13
source: https://github.com/Javidjms/influxable/issues/31 (RawQuery._resolve with lru_cache(maxsize=None))
names: RawQuery, _resolve
"""
import functools
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
QUERY_NUMBERS = itertools.count(1)
QUERY = "SELECT mean(load) FROM cpu WHERE host = 'web-%02d' AND time > %d GROUP BY time(1m)"


def execute_query(query):
    """The answer of the server: one row for each minute of the last hour."""
    start = int(query.split("time > ")[1].split(" ")[0])
    return {"series": [{"time": start + minute * 60, "mean": (start % 89 + minute) / 7.0} for minute in range(60)]}


class RawQuery:                             # <- here
    def __init__(self, query):
        self.query = query
        self.executions = 0

    def execute(self):
        return self.raw_response["series"]

    if LEAKS:
        @property
        def raw_response(self):
            return self._resolve()

        @functools.lru_cache(maxsize=None)  # <- here
        def _resolve(self):                 # <- here
            self.executions += 1
            return execute_query(self.query)
    else:
        @functools.cached_property
        def raw_response(self):
            return self._resolve()

        def _resolve(self):
            self.executions += 1
            return execute_query(self.query)


def draw_panel(number):
    query = RawQuery(QUERY % (number % 30, 1700000000 + number * 60))
    low = min(point["mean"] for point in query.execute())
    high = max(point["mean"] for point in query.execute())
    return high - low


def draw_dashboard(panels):
    return [draw_panel(number) for number in itertools.islice(QUERY_NUMBERS, panels)][-1]


for path in sys.argv[2:]:
    draw_dashboard(300)
    ouroboros_capture.snapshot(path)
