"""A plugin: outside of all others' hooks it sees that the collector's state is after each phase what it was before, and
that what was found to be garbage is gone.

With OUROBOROS_GUARD=odd the state is an unusual one."""
import gc
import os

import leaky_lib
import pytest

KINDS = (leaky_lib.Slotted, leaky_lib.Finalized, leaky_lib.Hostile, leaky_lib.Keeper, leaky_lib.Server)
CHANGES = []
LEFT = []
PHASES = []


class Kept(object):
    """Stands in gc.garbage."""


def state():
    return gc.isenabled(), gc.get_debug(), list(map(id, gc.garbage))


def watched(phase, item):
    PHASES.append(phase)
    before = state()
    yield
    LEFT.extend(type(item).__name__ for item in gc.get_objects() if any(type(item) is kind for kind in KINDS))
    if state() != before:
        CHANGES.append('%s of %s: %r, %r' % (phase, item.nodeid, before, state()))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    yield from watched('setup', item)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    yield from watched('call', item)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    yield from watched('teardown', item)


def pytest_configure(config):
    if os.environ.get('OUROBOROS_GUARD') == 'odd':
        gc.disable()
        gc.set_debug(gc.DEBUG_UNCOLLECTABLE)
        gc.garbage.extend([Kept(), Kept()])


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line('guard: %d phases, %d changes, %d left' % (len(PHASES), len(CHANGES), len(LEFT)))
    for line in CHANGES + LEFT:
        terminalreporter.write_line(line)
