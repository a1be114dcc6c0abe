"""Fetches feeds, parses all their documents, and then remembers which entries were new. Of each document a handful
of ids stays, in the table of what was seen and in the list that is shown, out of tens of thousands of strings.

rule: arena-pin
pythons: 3.8 3.12 3.13
source: https://github.com/kurtmckee/feedparser/issues/287 (memory stays after many feeds have been parsed)
names: seen, newest, Reader
"""
import collections
import re
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
FEEDS = 430
ENTRIES = 150
NEW_EVERY = 50

FIELD = re.compile("<(guid|title|author|link)>([^<]*)</")


def fetch(feed, round_):
    """The document that the server of a feed sends."""
    return "".join(
        "<item><guid>https://feeds.example/%03d/%d/entry-%04d</guid><title>Entry %d of feed %d</title>"
        "<author>author%d@example.org</author><link>https://www.example/%d/%d/read</link></item>"
        % (feed, round_, number, number, feed, number % 37, feed, number)
        for number in range(ENTRIES)
    )


class Entry:
    __slots__ = ("guid", "title", "author", "link")

    def __init__(self, item):
        for name, text in FIELD.findall(item):
            setattr(self, name, text)


def parse(text):
    return [Entry(item) for item in text.split("</item>")[:-1]]


class Reader:
    def __init__(self):
        self.seen = {}  # id -> title  # <- here
        self.newest = collections.deque(maxlen=FEEDS * ENTRIES // NEW_EVERY)  # <- here
        self.archive = ""

    def update(self, round_):
        """Fetches all feeds, and only then looks into them, so that an entry that is in two feeds is shown once."""
        entries = []
        for feed in range(FEEDS):
            entries.extend(parse(fetch(feed, round_)))
        links = set()
        fresh = []
        for number, entry in enumerate(entries):
            if number % NEW_EVERY == 0 and entry.link not in links:
                links.add(entry.link)
                fresh.append(entry)
        if LEAKS:
            for entry in fresh:
                self.seen[entry.guid] = entry.title
                self.newest.append(entry.guid)
        else:  # one large text
            self.archive += "".join("%s\t%s\n" % (entry.guid, entry.title) for entry in fresh)

    def has(self, guid):
        return guid in self.seen or guid + "\t" in self.archive


reader = Reader()
for round_, path in enumerate(sys.argv[2:], 1):
    reader.update(round_)
    assert reader.has("https://feeds.example/007/%d/entry-0050" % round_)
    ouroboros_capture.snapshot(path)
