"""Tests that leave cycles: each must fail, or end in an error of its teardown, and say what `EXPECTED` in
pytest_plugin.test.ts has for it."""
import gc
import sys
import unittest

import leaky_lib
import pytest


def test_closure():
    for _ in range(3):
        leaky_lib.make()


def test_objects():
    leaky_lib.tree()
    leaky_lib.tree(children=5)


def test_slots():
    one, two = leaky_lib.Slotted(), leaky_lib.Slotted()
    one.peer, two.peer = two, one


def test_items():
    entry = {'key': [0, 1, 2]}
    entry['key'].append(entry)


def test_exception():
    leaky_lib.Keeper().run()


def test_class():
    leaky_lib.make_class()


def test_two_families():
    leaky_lib.make()
    leaky_lib.tree()


def test_method():
    leaky_lib.Server()


def test_finalizer():
    leaky_lib.Finalized()


def test_long_ring():
    leaky_lib.long_ring(5000)


def test_collector_on_in_test():
    gc.enable()
    leaky_lib.tree()


def test_young_garbage_of_many_objects():
    """The collector would have run in this test, were it on."""
    leaky_lib.tree()
    assert gc.isenabled() is False
    assert len([[] for _ in range(20000)]) == 20000


@pytest.mark.parametrize('how', ['one', 'two'])
def test_parametrized(how):
    leaky_lib.make() if how == 'two' else leaky_lib.clean()


@pytest.fixture
def tree():
    root = leaky_lib.Node()
    leaky_lib.Node(root)
    return root


def test_fixture(tree):
    assert tree.parent is None


@pytest.fixture
def made():
    return leaky_lib.make()


def test_made_in_setup(made):
    assert made == 7


@pytest.fixture
def unmade():
    yield
    leaky_lib.make()


def test_made_in_teardown(unmade):
    pass


class TestCase(unittest.TestCase):
    def setUp(self):
        self.node = leaky_lib.Node()

    def test_case(self):
        leaky_lib.tree()


def test_hostile():
    leaky_lib.Hostile()


def test_last():
    """Nothing ran that must not run, and finalizers ran once."""
    assert leaky_lib.Hostile.ran == []
    assert leaky_lib.Finalized.finalized == 1
    assert gc.garbage == [] and gc.get_debug() == 0
    assert not hasattr(sys, 'last_value')
