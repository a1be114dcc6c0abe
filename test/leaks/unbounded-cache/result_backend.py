"""Keeps the results of background jobs so that a dashboard can ask for them again. The cache is a dict on the class
that nothing ever leaves.

rule: unbounded-cache
pythons: 2.7 3.7 3.12
source: https://github.com/celery/celery/issues/75 (result backends cache the results forever, without a limit)
names: ResultBackend, _cache
"""
import collections
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
JOB_NUMBERS = itertools.count(1)


class ResultBackend(object):                # <- here
    max_cached_results = 200
    _cache = collections.OrderedDict()      # <- here

    def __init__(self, name):
        self.name = name
        self.stored = 0

    def store_result(self, job_id, result, status="SUCCESS"):
        meta = {"job_id": job_id, "status": status, "result": result, "children": [], "backend": self.name}
        self._cache[job_id] = meta
        self.stored += 1
        if not LEAKS:
            while len(self._cache) > self.max_cached_results:
                self._cache.popitem(last=False)
        return meta

    def get_result(self, job_id):
        meta = self._cache.get(job_id)
        return meta["result"] if meta else None


def resize_images(job_id, number):
    """The work of one job: a report on the thumbnails it has written."""
    digest = ("%016x" % (number * 2654435761)) * 16
    return {"bucket": "thumbnails", "digest": digest,
            "files": ["%s/%04d-%d.webp" % (job_id, number, width) for width in (80, 160, 320, 640)]}


def run_jobs(backend, amount):
    latest = []
    for number in itertools.islice(JOB_NUMBERS, amount):
        job_id = "resize-%06d" % number
        backend.store_result(job_id, resize_images(job_id, number))
        latest.append(job_id)
        if number % 50 == 0:
            for finished in latest:
                backend.get_result(finished)
            latest = []


BACKEND = ResultBackend("redis")
for path in sys.argv[2:]:
    run_jobs(BACKEND, 2500)
    ouroboros_capture.snapshot(path)
