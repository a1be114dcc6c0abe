"""Uploads log batches through a bounded queue with one worker. A batch that cannot be parsed ends the worker, and from
then on every task that puts a batch into the full queue waits for ever.

rule: task-pile
pythons: 3.8 3.10 3.12
source: own
names: submit_batch, upload_worker
"""
import asyncio
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
BATCH_NUMBERS = itertools.count(1)


class Uploader:
    def __init__(self):
        self.queue = asyncio.Queue(maxsize=8)
        self.uploaded = 0
        self.rejected = []
        self.worker = asyncio.ensure_future(self.upload_worker())

    def upload(self, batch):
        host, lines = batch["host"], batch["lines"]
        if not host:
            raise ValueError("batch without a host")
        self.uploaded += len(lines)

    async def upload_worker(self):              # <- here
        while True:
            batch = await self.queue.get()
            try:
                self.upload(batch)
            except ValueError as error:
                if LEAKS:
                    raise
                self.rejected.append(str(error))
                del self.rejected[:-10]
            batch = None

    async def submit_batch(self, number):       # <- here
        lines = ["%08d INFO request %d took %d ms" % (number, line, line * 7 % 100) for line in range(50)]
        host = "" if number % 100 == 5 else "web-%02d" % (number % 12)
        await self.queue.put({"host": host, "lines": lines})
        return len(lines)


async def collect_logs(uploader, batches):
    for number in itertools.islice(BATCH_NUMBERS, batches):
        asyncio.ensure_future(uploader.submit_batch(number))
        if number % 10 == 0:
            await asyncio.sleep(0)
    for _turn in range(200):                    # a moment for the tasks that are on their way
        await asyncio.sleep(0)


async def main():
    uploader = Uploader()
    for path in sys.argv[2:]:
        await collect_logs(uploader, 400)
        ouroboros_capture.snapshot(path)


asyncio.run(main())
