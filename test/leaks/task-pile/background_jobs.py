"""Sends the mails of a shop in background tasks. The service keeps each task so that it is not collected while it
runs, and goes on keeping it, with the rendered mails as its result, when it is done.

rule: task-pile
pythons: 3.6 3.8 3.11
source: https://github.com/pohmelie/facet/pull/6 (add_task in a long-lived service never lets go of a finished task)
names: MailService, _tasks, add_task
"""
import asyncio
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
ORDER_NUMBERS = itertools.count(1)


class MailService:                          # <- here
    def __init__(self, loop):
        self.loop = loop
        self.sent = 0
        self._tasks = set()                 # <- here

    def add_task(self, coroutine):          # <- here
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        if not LEAKS:
            task.add_done_callback(self._tasks.discard)
        return task

    async def send_confirmation(self, order):
        await asyncio.sleep(0)
        lines = ["%3d x article %06d" % (line % 4 + 1, order * 13 + line) for line in range(40)]
        mails = {"customer": "Dear customer,\n" + "\n".join(lines), "warehouse": lines}
        await asyncio.sleep(0)
        self.sent += len(mails)
        return mails

    async def drain(self):
        """Waits until all mails of this moment are out."""
        pending = [task for task in self._tasks if not task.done()]
        if pending:
            await asyncio.wait(pending)


async def take_orders(service, orders):
    for order in itertools.islice(ORDER_NUMBERS, orders):
        service.add_task(service.send_confirmation(order))
        if order % 25 == 0:
            await asyncio.sleep(0)
    await service.drain()
    await asyncio.sleep(0)


async def main(loop):
    service = MailService(loop)
    for path in sys.argv[2:]:
        await take_orders(service, 500)
        ouroboros_capture.snapshot(path)


LOOP = asyncio.new_event_loop()
LOOP.run_until_complete(main(LOOP))
LOOP.close()
