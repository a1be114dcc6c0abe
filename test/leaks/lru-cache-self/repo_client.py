"""Answers questions about repositories for an automatic code review, with one client for each run. The caches on the
client's methods have `self` in each key, so no client of a finished run goes away.

rule: lru-cache-self
pythons: 3.6 3.9 3.12
source: https://github.com/getsentry/seer/pull/2512 (functools caches on RepoClient's methods keep each client)
names: RepoClient, get_file_content, list_files
"""
import functools
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
RUN_NUMBERS = itertools.count(1)


def cached_per_client(method):
    """Like functools.lru_cache(maxsize=None), but the entries live in the client."""
    @functools.wraps(method)
    def wrapper(self, *key):
        entries = self.__dict__.setdefault("_cache", {})
        if (method.__name__, key) not in entries:
            entries[method.__name__, key] = method(self, *key)
        return entries[method.__name__, key]
    return wrapper


cached = functools.lru_cache(maxsize=None) if LEAKS else cached_per_client


class RepoClient:                           # <- here
    def __init__(self, name, sha):
        self.name = name
        self.sha = sha
        self.tree = {"src/module_%d.py" % number: "%s:%d" % (sha, number) for number in range(25)}
        self.calls = 0

    @cached                                 # <- here
    def list_files(self, suffix):           # <- here
        self.calls += 1
        return sorted(path for path in self.tree if path.endswith(suffix))

    @cached                                 # <- here
    def get_file_content(self, path):       # <- here
        self.calls += 1
        return "\n".join("%s  # line %d of %s" % (self.tree[path], line, path) for line in range(40))


def review(number):
    client = RepoClient("acme/shop-%d" % (number % 7), "%040x" % (number * 2654435761))
    lines = 0
    for _step in range(3):                  # each step of the review reads the same files again
        for path in client.list_files(".py")[:3]:
            lines += client.get_file_content(path).count("\n")
    return lines


def review_pull_requests(amount):
    return sum(review(number) for number in itertools.islice(RUN_NUMBERS, amount))


for path in sys.argv[2:]:
    review_pull_requests(400)
    ouroboros_capture.snapshot(path)
