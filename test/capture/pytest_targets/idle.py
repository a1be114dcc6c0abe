"""Without the option nothing is collected: with the collector off, only a call of it would count."""
import gc

import leaky_lib
import pytest

gc.disable()
gc.collect()
COUNTS = [stats['collections'] for stats in gc.get_stats()]


@pytest.mark.ouroboros_cycles_allowed
def test_marked():
    leaky_lib.tree()


def test_leaks():
    leaky_lib.make()
    leaky_lib.tree()


def test_no_collection():
    assert [stats['collections'] for stats in gc.get_stats()] == COUNTS
    assert any(type(item) is leaky_lib.Node for item in gc.get_objects())
