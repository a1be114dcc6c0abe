"""Tests that change the collector's state: afterwards it is as it was before them."""
import gc

import leaky_lib
import pytest


def test_enables():
    gc.enable()


def test_disables():
    gc.disable()


def test_flags_and_fails():
    gc.set_debug(gc.DEBUG_UNCOLLECTABLE | gc.DEBUG_SAVEALL)
    leaky_lib.tree()
    gc.collect()
    raise leaky_lib.Failure('own failure')


def test_garbage():
    gc.garbage.append([])
    gc.enable()


def test_clears():
    del gc.garbage[:]
    leaky_lib.tree()


@pytest.fixture
def toggling():
    gc.enable()
    gc.set_debug(gc.DEBUG_UNCOLLECTABLE)
    yield
    gc.disable()
    gc.garbage.append([])


def test_fixture(toggling):
    pass
