"""Accepts events over HTTP with aiohttp and delivers each in a background task.
The list that protects the tasks from the collector also keeps those that are done, with the receipts they returned.

rule: task-pile
pythons: debian
needs: python3-aiohttp
source: https://github.com/FreeOpcUa/opcua-asyncio/issues/267 (a server's list of tasks that closed connections leave behind)
names: deliveries, deliver
"""
import asyncio
import sys

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"


class Dispatcher:
    def __init__(self):
        self.deliveries = []  # the event loop itself keeps tasks weakly only  # <- here
        self.delivered = 0

    async def deliver(self, event):  # <- here
        receipt = []
        for attempt in range(3):
            await asyncio.sleep(0)
            receipt.extend("%s, attempt %d, part %d" % (event["id"], attempt, part) for part in range(10))
        self.delivered += 1
        return receipt

    async def accept(self, request):
        task = asyncio.create_task(self.deliver(await request.json()))
        self.deliveries.append(task)
        if not LEAKS:
            task.add_done_callback(self.deliveries.remove)
        return web.json_response({"accepted": True}, status=202)


async def work(client, address, dispatcher):
    wanted = dispatcher.delivered + 250
    for number in range(250):
        async with client.post(address, json={"id": "event-%d" % number}) as reply:
            assert reply.status == 202
    while dispatcher.delivered < wanted:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)


async def main(paths):
    dispatcher = Dispatcher()
    app = web.Application()
    app.router.add_post("/events", dispatcher.accept)
    async with TestServer(app) as server, ClientSession() as client:
        for path in paths:
            await work(client, server.make_url("/events"), dispatcher)
            ouroboros_capture.snapshot(path)


asyncio.run(main(sys.argv[2:]))
