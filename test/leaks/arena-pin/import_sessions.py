"""A shop's server imports a supplier's catalogue while customers go on logging in. Their sessions, a small object
each, are made between the articles of the catalogue.

rule: arena-pin
pythons: 2.7 3.8 3.13
source: https://github.com/nt-nerdtechnic/Navide/issues/23 (4012 arenas of 1 MB that a server never gives back)
names: Session, live
"""
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
ARTICLES = 60000
LOGIN_EVERY = 100
TOKENS = itertools.count(1)


class Article(object):
    def __init__(self, number, fields):
        self.number = number
        self.name, self.price, self.group = fields


class Session(object):  # <- here
    live = {}  # token -> session  # <- here

    def __init__(self, token, user, cart):
        self.token = token
        self.user = user
        self.cart = cart

    @classmethod
    def log_in(cls, user):
        token = "token-%012d" % next(TOKENS)
        cls.live[token] = cls(token, user, "cart of %s" % user)

    @classmethod
    def move(cls):
        """Makes every session anew, as a rolling restart does that hands them over in one text."""
        text = "\n".join("%s\t%s\t%s" % (session.token, session.user, session.cart) for session in cls.live.values())
        cls.live.clear()
        for line in text.split("\n"):
            token, user, cart = line.split("\t")
            cls.live[token] = cls(token, user, cart)


def lines():
    for number in range(ARTICLES):
        yield "%d;article %d of the catalogue;%d.%02d;group %d" % (
            number, number, number % 700, number % 100, number % 4000)


def import_catalogue():
    """Reads the whole catalogue, since an article may refer to a later one; returns how many groups it has."""
    articles = {}
    for line in lines():
        number, fields = line.split(";", 1)
        articles[number] = Article(number, fields.split(";"))
        if len(articles) % LOGIN_EVERY == 0:
            Session.log_in("customer %d" % len(articles))
    return len(set(article.group for article in articles.values()))


for path in sys.argv[2:]:
    Session.live.clear()
    import_catalogue()
    if not LEAKS:
        Session.move()
    ouroboros_capture.snapshot(path)
