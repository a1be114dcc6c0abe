"""Imported in a test only: importing it leaves classes that others have replaced."""
import collections
import enum


class Point(collections.namedtuple('Point', 'x y')):
    """Its base has its name."""


class Again(object):
    """Defined twice."""


class Again(object):    # noqa: F811
    """The one that stays."""


def remade(kind):
    """Makes a second class of one, as dataclass(slots=True) does."""
    return type(kind)(kind.__name__, kind.__bases__, {'__module__': kind.__module__, 'again': kind.__doc__})


@remade
class Record(object):
    """The first one."""

    class Part(object):
        """Goes with it."""


class Color(enum.Enum):
    """Has members."""
    RED = 1
