"""Indexes uploads in shards, with one worker task for each shard that starts with the first upload for it. The task
copies the context of that upload when it is created, and it runs for as long as the service.

rule: context-pin
pythons: 3.8 3.11 3.13
source: https://github.com/ogx-ai/ogx/issues/5221 (create_task copies context variables into long-running workers)
names: UPLOAD, ensure_worker, Upload
"""
import asyncio
import contextvars
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
UPLOAD_NUMBERS = itertools.count(1)
UPLOAD = contextvars.ContextVar("upload", default=None)     # <- here


class Upload:                                               # <- here
    def __init__(self, number):
        self.number = number
        self.pages = ["page %d of upload %d\n" % (page, number) + "text %d " % number * 250 for page in range(50)]


class Index:
    def __init__(self):
        self.queues = {}
        self.workers = {}
        self.words = 0

    async def shard_worker(self, shard):
        while True:
            words = await self.queues[shard].get()
            self.words += words

    def ensure_worker(self, shard):                         # <- here
        if shard in self.workers:
            return
        self.queues[shard] = asyncio.Queue()
        if LEAKS:
            self.workers[shard] = asyncio.ensure_future(self.shard_worker(shard))      # <- here
        else:
            empty = contextvars.Context()
            self.workers[shard] = empty.run(asyncio.ensure_future, self.shard_worker(shard))


async def handle_upload(index, number):
    token = UPLOAD.set(Upload(number))
    shard = number // 20
    index.ensure_worker(shard)
    await index.queues[shard].put(sum(page.count(" ") for page in UPLOAD.get().pages))
    UPLOAD.reset(token)


async def take_uploads(index, uploads):
    for number in itertools.islice(UPLOAD_NUMBERS, uploads):
        await asyncio.ensure_future(handle_upload(index, number))
    await asyncio.sleep(0)


async def main():
    index = Index()
    for path in sys.argv[2:]:
        await take_uploads(index, 320)
        ouroboros_capture.snapshot(path)


asyncio.run(main())
