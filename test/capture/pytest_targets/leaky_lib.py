"""What the tests of the plugin call: a library that makes reference cycles, and one that does not."""
import weakref


class Node(object):
    """A parent that its children refer to."""

    def __init__(self, parent=None):
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.children.append(self)


class Slotted(object):
    """A cycle of slots."""
    __slots__ = ('peer',)


class Finalized(object):
    """Counts its finalizers."""
    finalized = 0

    def __init__(self):
        self.me = self

    def __del__(self):
        Finalized.finalized += 1


class Hostile(object):
    """Any code of it that runs is an error."""
    ran = []

    def __init__(self):
        object.__setattr__(self, 'me', self)

    def _run(self, *args):
        Hostile.ran.append(args)
        raise RuntimeError('user code ran')

    __getattribute__ = __getattr__ = __repr__ = __str__ = __hash__ = __eq__ = __bool__ = __len__ = __iter__ = _run
    __class__ = property(_run)


class Failure(Exception):
    """An error that can carry who failed."""


class Keeper(object):
    """Keeps the exception that it has caught."""

    def run(self):
        try:
            raise Failure('kept')
        except Failure as error:
            self.error = error


class Server(object):
    """Registers a method of its own, until it is closed."""

    def __init__(self):
        self.handlers = {'stop': self.stop}

    def stop(self):
        """Nothing to do."""

    def close(self):
        self.handlers.clear()


def make():
    """Returns the size of a tree, by a function that refers to itself."""
    def walk(depth):
        return 1 + sum(walk(depth - 1) for _ in range(2)) if depth else 1
    return walk(2)


def make_class():
    """Returns the name of a class that is made for this call."""
    class Made(object):
        """Made anew each time."""
    return Made.__name__


def tree(children=2):
    """Makes a cycle and drops it."""
    root = Node()
    for _ in range(children):
        Node(root)


def clean():
    """Makes a tree whose children refer to their parent weakly."""
    root = Node()
    for _ in range(3):
        child = Node()
        child.parent = weakref.ref(root)
        root.children.append(child)


def long_ring(length):
    """Makes one ring of many objects."""
    first = last = Node()
    for _ in range(length - 1):
        last.parent = Node()
        last = last.parent
    last.parent = first
