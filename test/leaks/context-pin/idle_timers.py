"""Runs workflows that call other services over pooled connections. The timer which closes an idle connection is made
inside a run, so its handle has a copy of the run's context, and with it the whole run until the timer fires.

rule: context-pin
pythons: 3.7 3.9 3.13
source: https://github.com/run-llama/llama-agents/pull/486 (TimerHandles with the context pin the RunContext)
names: RUN_CONTEXT, schedule_cleanup, RunContext
"""
import asyncio
import contextvars
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
RUN_NUMBERS = itertools.count(1)
IDLE_SECONDS = 900
RUN_CONTEXT = contextvars.ContextVar("run_context")         # <- here


class RunContext:                                           # <- here
    def __init__(self, number):
        self.number = number
        self.state = {"prompt": "run %d" % number, "documents": []}

    def add_document(self, host):
        text = "%s answered run %d;" % (host, self.number)
        self.state["documents"].append({"host": host, "text": text * 400})


class ConnectionPool:
    def __init__(self, loop):
        self.loop = loop
        self.idle = {}

    def schedule_cleanup(self, host):                       # <- here
        if LEAKS:
            timer = self.loop.call_later(IDLE_SECONDS, self.close_idle, host)      # <- here
        else:
            timer = self.loop.call_later(IDLE_SECONDS, self.close_idle, host, context=contextvars.Context())
        self.idle[host] = timer

    def close_idle(self, host):
        del self.idle[host]

    async def fetch(self, host):
        await asyncio.sleep(0)
        RUN_CONTEXT.get().add_document(host)
        if host not in self.idle:
            self.schedule_cleanup(host)


async def run_workflow(pool, number):
    RUN_CONTEXT.set(RunContext(number))
    for step in range(3):
        await pool.fetch("tool-%d.internal" % (number // 10 * 3 + step))
    return len(RUN_CONTEXT.get().state["documents"])


async def main():
    loop = asyncio.get_running_loop()
    pool = ConnectionPool(loop)
    for path in sys.argv[2:]:
        for number in itertools.islice(RUN_NUMBERS, 400):
            await loop.create_task(run_workflow(pool, number))
        ouroboros_capture.snapshot(path)


asyncio.run(main())
