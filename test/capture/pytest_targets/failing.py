"""Tests that fail by themselves keep their failure, and the tests after them are not blamed for it."""
import unittest

import leaky_lib
import pytest


@pytest.fixture
def tree():
    root = leaky_lib.Node()
    leaky_lib.Node(root)
    return root


def test_fails(tree):
    leaky_lib.make()
    assert tree.parent == 'own failure', 'own failure'


def test_fails_by_word(tree):
    leaky_lib.make()
    pytest.fail('own failure')


def test_after():
    pass


def test_raises():
    keeper = leaky_lib.Keeper()
    keeper.run()
    raise keeper.error


def test_after_raises():
    pass


class TestCase(unittest.TestCase):
    def setUp(self):
        self.tree = leaky_lib.Node(leaky_lib.Node()) if self.id().endswith('test_case') else None

    def test_before(self):
        """pytest 7 keeps a class's first instance up to the class's end."""

    def test_case(self):
        leaky_lib.make()
        self.assertEqual(leaky_lib.Node(leaky_lib.Node()).children, 'own failure')

    def test_case_after(self):
        pass


@pytest.fixture
def broken():
    leaky_lib.make()
    yield leaky_lib.Node(leaky_lib.Node())
    raise leaky_lib.Failure('own teardown failure')


def test_broken_fixture(broken):
    pass


def test_after_broken():
    pass


@pytest.fixture
def never():
    leaky_lib.make()
    raise leaky_lib.Failure('own setup failure')


def test_never(never):
    pass


def test_after_never():
    pass
