"""Tests in which nothing leaks but what pytest, unittest and the tests themselves make: all must pass."""
import collections
import contextlib
import enum
import gc
import logging
import unittest
import unittest.mock
import warnings

import leaky_lib
import pytest


def test_empty():
    pass


@pytest.fixture(scope='session')
def of_session():
    return [object()]


@pytest.fixture(scope='package')
def of_package(of_session):
    return [of_session]


@pytest.fixture(scope='module')
def of_module(of_package):
    yield [of_package]


@pytest.fixture(scope='class')
def of_class(of_module, request):
    request.addfinalizer(lambda: request.node)
    return [of_module, request]


@pytest.fixture(params=['a', 'b'], ids=str.upper)
def of_function(of_class, request):
    def close():
        return request
    request.addfinalizer(close)
    return request.param


@pytest.fixture(autouse=True)
def automatic():
    with contextlib.ExitStack():
        yield


@pytest.fixture
def factory():
    made = []

    def make():
        made.append(object())
        return made
    yield make
    made.clear()


class TestScopes:
    @pytest.fixture
    def own(self, of_function):
        self.value = of_function
        return self

    def test_first(self, own, factory):
        assert own is self and factory()

    def test_second(self, of_class):
        assert of_class

    @pytest.mark.parametrize('number', range(3))
    @pytest.mark.parametrize('text', ['x', pytest.param('y', id='why')])
    def test_parameters(self, number, text):
        assert text * number != 'z'


def test_dynamic(request):
    assert request.getfixturevalue('of_module')


def test_builtin(capsys, tmp_path, monkeypatch, caplog, recwarn, tmpdir, pytestconfig, record_property):
    print('out')
    assert capsys.readouterr().out == 'out\n'
    (tmp_path / 'file').write_text('text')
    monkeypatch.setenv('OUROBOROS_TEST', '1')
    monkeypatch.setattr(leaky_lib, 'make', lambda: 0)
    monkeypatch.syspath_prepend(str(tmp_path))
    logging.getLogger('ouroboros').warning('text %s', [1])
    assert caplog.records and leaky_lib.make() == 0
    warnings.warn('text')
    assert len(recwarn) == 1
    record_property('key', 'value')


def test_capfd(capfd):
    print('out')
    assert capfd.readouterr().out


def test_capfdbinary(capfdbinary):
    pass


def test_raises():
    node = leaky_lib.Node()
    with pytest.raises(leaky_lib.Failure, match='text') as info:
        raise leaky_lib.Failure('text', node)
    error = info.value
    assert error.args[1] is node


def test_raises_of_library():
    def fail():
        raise leaky_lib.Failure('text')
    with pytest.raises(leaky_lib.Failure) as info:
        fail()
    assert info.traceback and str(info.value) == 'text'
    info = pytest.raises(ValueError, int, 'x')
    assert info.type is ValueError


def test_caught():
    kept = None
    try:
        raise leaky_lib.Failure('text')
    except leaky_lib.Failure as error:
        kept = error
    assert kept.args == ('text',)


def test_warns_and_approx():
    with pytest.warns(UserWarning) as record:
        warnings.warn('text')
    assert len(record) == 1 and 0.1 + 0.2 == pytest.approx(0.3)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter('always')
        warnings.warn('text')
    assert seen
    with pytest.deprecated_call():
        warnings.warn('text', DeprecationWarning)


def test_local_classes():
    class Local(leaky_lib.Node):
        def __init__(self):
            super().__init__()

    class Color(enum.Enum):
        RED = 1

    assert Local().parent is None and Color(1) is Color.RED
    assert collections.namedtuple('Point', 'x y')(1, 2).x == 1


def test_late_import():
    import late_lib
    assert late_lib.Point._fields == ('x', 'y')


def test_mocks():
    mock = unittest.mock.MagicMock(name='mock')
    mock.method.return_value.other = 1
    assert mock.method().other == 1
    with unittest.mock.patch.object(leaky_lib, 'make') as make:
        make()
        make.assert_called_once_with()
    with unittest.mock.patch.object(leaky_lib, 'clean', autospec=True) as clean:
        assert leaky_lib.clean() is clean.return_value


def test_clean():
    leaky_lib.clean()
    server = leaky_lib.Server()
    server.close()


def test_live_cycle():
    """Alive when the test ends: no garbage."""
    KEPT.append(leaky_lib.Node(leaky_lib.Node()))


KEPT = []


def test_collector_is_off():
    assert not gc.isenabled()


def test_skips():
    pytest.skip('reason')


@pytest.mark.skip(reason='reason')
def test_skipped():
    pass


@pytest.mark.xfail(reason='reason')
def test_xfail():
    assert leaky_lib.make() == 8


@pytest.mark.ouroboros_cycles_allowed
def test_marked():
    leaky_lib.make()
    leaky_lib.tree()


class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = [cls]

    def setUp(self):
        self.node = leaky_lib.Node()
        self.addCleanup(self.release)

    def release(self):
        self.node = None

    def test_empty(self):
        pass

    def test_raises(self):
        with self.assertRaises(leaky_lib.Failure) as context:
            raise leaky_lib.Failure('text', self)
        self.assertEqual(context.exception.args[0], 'text')
        with self.assertRaisesRegex(ValueError, 'x'):
            int('x')

    def test_subtests(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertLess(i, 3)

    @unittest.skip('reason')
    def test_skipped(self):
        pass

    def test_skips(self):
        self.skipTest('reason')

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(leaky_lib.make(), 8)


def setup_module(module):
    module.STARTED = [module]


def teardown_module(module):
    del module.STARTED
