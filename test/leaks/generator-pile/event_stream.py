"""Waits for the first matching event of a subscription, for many users in turn. The session remembers the async
generator of each subscription, so that leaving its loop early does not close it and its backlog stays.

rule: generator-pile
pythons: 3.7 3.10 3.13
source: https://github.com/graphql-python/gql/pull/230 (after a break the session's reference keeps the generator open)
names: Session, subscribe, _generators
"""
import asyncio
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
USER_NUMBERS = itertools.count(1)


class Session:                                      # <- here
    def __init__(self):
        self._generators = []                       # <- here
        self.closed = 0

    async def _subscribe(self, user):
        """The events of a user: those that have already happened, then those that come."""
        backlog = [{"user": user, "event": "price", "text": "article %d of user %d" % (number, user)}
                   for number in range(40)]
        try:
            for position in itertools.count():
                await asyncio.sleep(0)
                yield backlog[position % len(backlog)]
        finally:
            self.closed += 1

    def subscribe(self, user):                      # <- here
        generator = self._subscribe(user)
        self._generators.append(generator)
        return generator

    async def release(self, generator):
        self._generators.remove(generator)
        await generator.aclose()


async def first_event(session, user):
    events = session.subscribe(user)
    async for event in events:
        if event["text"].startswith("article 3 "):
            break
    if not LEAKS:
        await session.release(events)
    return event["text"]


async def notify(session, users):
    return [len(await first_event(session, user)) for user in itertools.islice(USER_NUMBERS, users)][-1]


async def main():
    session = Session()
    for path in sys.argv[2:]:
        await notify(session, 300)
        ouroboros_capture.snapshot(path)


asyncio.run(main())
