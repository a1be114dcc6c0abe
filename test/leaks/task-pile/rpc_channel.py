"""Calls a remote service over one long-lived channel. Each call also starts a task that waits for the channel to close
and is left waiting when the answer has come, with the request it would have to report.

rule: task-pile
pythons: 3.7 3.9 3.13
source: https://github.com/permitio/fastapi_websocket_rpc/issues/15 (each call leaves a task that waits for `_closed`)
names: RpcChannel, _watch_close, call
"""
import asyncio
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CALL_NUMBERS = itertools.count(1)


class ChannelClosed(Exception):
    pass


class RpcChannel:
    def __init__(self, loop):
        self._loop = loop
        self._closed = asyncio.Event()
        self.lost = []

    def _send(self, request):
        """Gives the future of the answer, which comes a moment later."""
        answer = self._loop.create_future()
        self._loop.call_soon(answer.set_result, {"id": request["id"], "size": len(request["document"])})
        return answer

    async def _watch_close(self, request):      # <- here
        await self._closed.wait()
        self.lost.append(request["id"])

    async def call(self, method, document):     # <- here
        request = {"id": next(CALL_NUMBERS), "method": method, "document": document}
        answer = self._send(request)
        watcher = self._loop.create_task(self._watch_close(request))
        await asyncio.wait({answer, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise ChannelClosed(method)
        if not LEAKS:
            watcher.cancel()
        return answer.result()


async def check_permissions(channel, calls):
    allowed = 0
    for number in range(calls):
        policy = ["user:%d can read document:%d" % (number, other) for other in range(60)]
        reply = await channel.call("check", policy)
        allowed += reply["size"]
    await asyncio.sleep(0)
    return allowed


async def main():
    channel = RpcChannel(asyncio.get_running_loop())
    for path in sys.argv[2:]:
        await check_permissions(channel, 400)
        ouroboros_capture.snapshot(path)


asyncio.run(main())
