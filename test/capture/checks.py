"""Checks of the capture agent, run by a CPython 3.6 or later against any interpreter:

    python checks.py NAME INTERPRETER

Each check starts target programs under INTERPRETER and reads what the agent wrote with loader.py. It raises
AssertionError, or prints one line of what it found."""
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import loader   # noqa: E402

AGENT_FOLDER = os.path.join(HERE, '..', '..', 'src', 'capture', 'python')
AGENT = os.path.join(AGENT_FOLDER, 'ouroboros_capture.py')


class Bench:
    """A temporary folder, and an interpreter to run targets with."""

    def __init__(self, interpreter):
        self.interpreter = interpreter
        self.folder = tempfile.mkdtemp(prefix='ouroboros-')
        self.version = tuple(int(x) for x in subprocess.check_output(
            [interpreter, '-c', 'import sys; print("%d %d" % sys.version_info[:2])']).split())
        self.environment = dict(os.environ, PYTHONDONTWRITEBYTECODE='1', PYTHONPATH=AGENT_FOLDER)
        for name in ('COVERAGE_PROCESS_START', 'PYTHONSTARTUP'):
            self.environment.pop(name, None)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w') as stream:
            stream.write(text)
        return self.path(name)

    def start(self, *arguments, **options):
        return subprocess.Popen([self.interpreter] + list(arguments), cwd=self.folder, env=self.environment,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                universal_newlines=True, **options)

    def run(self, *arguments, **options):
        """Returns (exit code, stdout, stderr)."""
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def run_code(self, text, *arguments):
        """Runs a program that must succeed; returns its output."""
        code, out, err = self.run(self.write('program.py', text), *arguments)
        assert code == 0, (code, out, err)
        return out

    def files(self):
        return sorted(os.listdir(self.folder))


def truth_of(bench, mode):
    """Runs target_truth.py. Returns (snapshot, truth, {address of a tracked node: refcount in memory})."""
    path = bench.path('truth.pyheapsnapshot')
    process = bench.start(os.path.join(HERE, 'target_truth.py'), AGENT_FOLDER, path, mode)
    line = process.stdout.readline()
    try:
        assert line, process.stderr.read()
        truth = json.loads(line)
        captured = process.stdout.readline()
        assert captured == 'captured\n', (captured, process.stderr.read())
        snapshot = loader.Snapshot(path)
        counts = {}
        with open('/proc/%d/mem' % process.pid, 'rb', 0) as memory:
            for address in snapshot.ids[:snapshot.meta['nodes']['tracked']]:
                memory.seek(address)
                counts[address] = struct.unpack('<q', memory.read(8))[0]
    finally:
        process.communicate('\n')
    return snapshot, truth, counts


def check_exact(bench, mode='fork'):
    """Refcounts are those in memory, and references from outside are where they must be and nowhere else."""
    snapshot, truth, counts = truth_of(bench, mode)
    snapshot.check_closed()
    assert snapshot.meta['capture']['mode'] == mode
    degree = snapshot.in_degree()
    negative = [(snapshot.type_of(a), snapshot.refcount[a], degree[a]) for a in counts
                if snapshot.refcount[a] < min(degree[a], loader.IMMORTAL)]
    assert not negative, negative[:5]
    if bench.version >= (3, 12):
        counts = {a: c & 0xffffffff for a, c in counts.items()}     # the upper half is not the count there
    agent = set(snapshot.column['marks/agent'])
    differing = [(snapshot.type_of(a), snapshot.refcount[a], c, hex(a)) for a, c in counts.items()
                 if snapshot.refcount[a] != c
                 and (a not in agent or snapshot.type_of(a).endswith('.function'))
                 and not (c >= loader.IMMORTAL and snapshot.refcount[a] >= loader.IMMORTAL - 10)]
    # nothing but the call in which the target is now
    assert [row[0].partition('.')[2] for row in differing] == ['builtin_function_or_method'], differing
    for address in truth['exact']:
        outside = snapshot.refcount[address] - degree[address]
        assert outside == 0, (hex(address), snapshot.type_of(address), outside)
    ring = truth['ring']
    for address in ring:
        assert snapshot.refcount[address] == degree[address] == 1
    # an outside reference is seen as one: the stdin of a target that waits, the interpreter's own dicts
    outside = {a for a in counts if snapshot.refcount[a] > degree[a]}
    roots = dict(map(tuple, snapshot.meta['roots']))
    assert roots['sys.__dict__'] in outside and roots['builtins.__dict__'] in outside
    assert len(outside) < len(counts) / 10, (len(outside), len(counts))
    return '%d nodes, %d differ from memory' % (len(snapshot.ids), len(differing))


def check_exact_in_process(bench):
    """The same, captured in place."""
    return check_exact(bench, 'in-process')


def check_labels(bench):
    """Labels are the truth: attributes, slots, entries, variables, frames, weak references."""
    done = 0
    for mode in ('fork', 'in-process'):
        snapshot, truth, _ = truth_of(bench, mode)
        for address, expected in truth['attributes'].items():
            found = snapshot.attributes(int(address))
            wrong = {n: (v, found.get(n)) for n, v in expected.items() if found.get(n) != v}
            assert not wrong, (snapshot.type_of(int(address)), wrong, found)
            done += len(expected)
        for address, expected in truth['either'].items():
            found = everything(snapshot, int(address))
            assert found == expected, (snapshot.type_of(int(address)), expected, found)
            done += len(expected)
        for address, expected in truth['entries'].items():
            found = snapshot.entries(int(address))
            assert all(found.get(n) == v for n, v in expected.items()), (expected, found)
        for address, expected in truth['variables'].items():
            found = snapshot.variables(int(address))
            assert all(found.get(n) == v for n, v in expected.items()), (expected, found)
            done += len(expected)
        assert snapshot.variables(truth['generators']['finished']) == {}
        check_edges_of_labels(snapshot)
        check_codes(snapshot, truth)
        check_threads(snapshot, truth)
        pairs = list(zip(snapshot.column['weakrefs/referent'], snapshot.column['weakrefs/ref']))
        assert tuple(truth['weak']) in pairs
        unstarted = snapshot.column['marks/unstarted']
        assert truth['generators']['unstarted'] in unstarted
        assert truth['generators']['suspended'] not in unstarted
        assert truth['generators']['finished'] not in unstarted
    check_listed_once(bench)
    if bench.version >= (3, 7):
        check_frozen_weakref(bench)
    return '%d labels' % done


def check_listed_once(bench):
    """What is on the collector's lists and says that it is not tracked, as running greenlets do, is one node."""
    out = bench.run_code(PRELUDE + '''
import ctypes
class Running(object):
    pass
held = [Running() for _ in range(3)]
check = ctypes.cast(ctypes.pythonapi.PyCallable_Check, ctypes.c_void_p).value   # which they are not
ctypes.c_void_p.from_address(id(Running) + 41 * ctypes.sizeof(ctypes.c_void_p)).value = check       # tp_is_gc
listed = set(map(id, gc.get_objects()))
print(" ".join(str(id(item)) for item in held if id(item) in listed and not gc.is_tracked(item)))
ouroboros_capture.snapshot('listed.pyheapsnapshot')
''')
    snapshot = loader.Snapshot(bench.path('listed.pyheapsnapshot'))
    rows = [snapshot.index[int(address)] for address in out.split()]
    assert len(rows) == 3 and max(rows) < snapshot.meta['nodes']['tracked']


def check_frozen_weakref(bench):
    """A weak reference that only frozen garbage holds is on no list and held by nothing that is on one."""
    out = bench.run_code(PRELUDE + '''
import gc, weakref
gc.disable()
class Target(object):
    pass
target = Target()
ring = [weakref.ref(target, [].append)]
ring.append(ring)
print(id(target), id(ring[0]))
del ring
gc.freeze()
ouroboros_capture.snapshot('frozen.pyheapsnapshot')
''')
    snapshot = loader.Snapshot(bench.path('frozen.pyheapsnapshot'))
    snapshot.check_closed()
    pairs = zip(snapshot.column['weakrefs/referent'], snapshot.column['weakrefs/ref'])
    assert tuple(map(int, out.split())) in pairs


def everything(snapshot, address):
    """Attributes of an instance, wherever they are: slots, inline values, dict."""
    found = snapshot.attributes(address)
    space = found.pop('__dict__', None)
    found = {n: v for n, v in found.items() if not n.startswith('__')}
    if space is not None:
        found.update(snapshot.entries(space))
    return found


def check_edges_of_labels(snapshot):
    """Each label of an instance of a heap type names an edge. (A static type can hold an object that it does
    not traverse; its label then names a reference that is not listed.)"""
    missing = []
    kinds = snapshot.column['nodes/type']
    for (owner, kind), row in snapshot.items.items():
        if not snapshot.types[kinds[snapshot.index[owner]]][3] & 1 << 9:
            continue
        targets = set(snapshot.edges[owner])
        targets.update(target for target, _ in snapshot.owned.get(owner, ()))
        missing += [(snapshot.type_of(owner), snapshot.strings[key], snapshot.type_of(value))
                    for key, value in row if kind and value not in targets]
    assert not missing, (len(missing), sorted(set(missing))[:20])


def check_codes(snapshot, truth):
    column = snapshot.column
    at, free = 0, {}
    for address, count in zip(column['codes/id'], column['codes/freevar_count']):
        free[address] = [snapshot.strings[n] for n in column['codes/freevar'][at:at + count]]
        at += count
    for address, names in truth['free'].items():
        assert free[int(address)] == names
    lines = dict(zip(column['codes/id'], column['codes/line']))
    files = dict(zip(column['codes/id'], column['codes/file']))
    address = int(next(iter(truth['free'])))
    assert snapshot.strings[files[address]].endswith('target_truth.py') and lines[address] > 100


def check_threads(snapshot, truth):
    column, meta = snapshot.column, snapshot.meta
    names = [thread['name'] for thread in meta['threads']]
    assert sorted(names) == ['MainThread', 'the-worker'], names
    assert [thread['current'] for thread in meta['threads']].count(True) == 1
    codes = dict(zip(column['codes/id'], column['codes/name']))
    stacks = {}
    for thread, code in zip(column['frames/thread'], column['frames/code']):
        stacks.setdefault(names[thread], []).append(snapshot.strings[codes[code]])
    assert stacks['MainThread'] == ['main', '<module>'], stacks
    assert stacks['the-worker'][:2] == ['wait', 'wait'] and 'worker' in stacks['the-worker'], stacks
    variables = {}
    for frame, name, value in zip(column['locals/frame'], column['locals/name'], column['locals/value']):
        variables.setdefault(frame, {})[snapshot.strings[name]] = value
    for frame, (code, address) in enumerate(zip(column['frames/code'], column['frames/id'])):
        if address:     # 2.7, 3.6: a node, its variables are its labels
            variables.setdefault(frame, {}).update(snapshot.variables(address))
        name = snapshot.strings[codes[code]]
        if name == 'worker':
            assert variables[frame][truth['thread']['name']] == truth['thread']['value']
        if name == 'main':
            assert variables[frame]['local_of_main'] == truth['main_local']

# -------------------------------------------------------------------------------------------- what it leaves

def check_unchanged(bench):
    """No user code runs, and nothing is different afterwards."""
    for mode in ('fork', 'in-process'):
        path = bench.path('unchanged.pyheapsnapshot')
        code, out, err = bench.run(os.path.join(HERE, 'target_unchanged.py'), AGENT_FOLDER, path, mode)
        assert (code, out) == (0, 'ok\n'), (mode, code, out, err[-2000:])
        loader.Snapshot(path).check_closed()
    return 'nothing ran, nothing changed'


PRELUDE = '''
import gc, os, sys, time, signal
import ouroboros_capture
'''

COLLECTION = PRELUDE + '''
class Sly(object):
    def __init__(self):
        self.me = self
    def __del__(self):
        actions.pop()()
def by_signal():
    os.kill(os.getpid(), signal.SIGUSR2)
    for _ in range(1000):
        pass
    seen.append(sorted(os.listdir('.')))
def direct():
    try:
        ouroboros_capture.snapshot('inside.pyheapsnapshot')
        seen.append('no error')
    except ouroboros_capture.InsideCollection as error:
        seen.append(str(error))
seen = []
for actions in ([direct], [by_signal]):
    Sly()
    gc.collect()
    assert not actions
deadline = time.time() + 20
while time.time() < deadline and not [n for n in os.listdir('.') if n.endswith('-1.pyheapsnapshot')]:
    time.sleep(0.02)
print(seen[0])
print([n for n in seen[1] if n.endswith('snapshot') or n.endswith('tmp')])
print(len([n for n in os.listdir('.') if n.endswith('.pyheapsnapshot')]))
'''


def check_collection(bench):
    """Inside a collection a direct capture is refused, and a signal waits till it is over."""
    if bench.version < (3, 4):
        return 'not known on 2.7'
    code, out, err = bench.run(AGENT, '--on-signal', 'USR2', bench.write('collecting.py', COLLECTION))
    lines = out.splitlines()
    assert code == 0, err
    assert 'collector is running' in lines[0], lines
    assert lines[1:] == ['[]', '1'], lines
    name, = [name for name in bench.files() if name.endswith('.pyheapsnapshot')]
    snapshot = loader.Snapshot(bench.path(name))
    assert snapshot.meta['capture']['insideCollection'] is False
    return 'refused, and deferred'


BUSY = PRELUDE + '''
import threading
stop, done = [], [0] * 2
class Node(object):
    def __init__(self, other):
        self.other = other
def work(k):
    last = None
    while not stop:
        last = Node([Node(None), {'k': k}])
        done[k] += 1
threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
for thread in threads:
    thread.daemon = True
    thread.start()
counts = []
for number in range(20):
    counts.append(ouroboros_capture.snapshot('busy.pyheapsnapshot', timeout=60))
before = sum(done)
time.sleep(0.2)
assert sum(done) > before
stop.append(1)
for thread in threads:
    thread.join()
try:
    os.waitpid(-1, os.WNOHANG)
    print('a child is left')
except OSError:
    print('%s %d' % (min(counts) > 1000, ouroboros_capture._state.stuck))
'''


def check_busy(bench):
    """Twenty captures of a program whose threads keep the interpreter busy."""
    started = time.time()
    fine, stuck = bench.run_code(BUSY).split()
    assert fine == 'True', fine
    # A thread that asks for the GIL in the middle of the fork leaves a child that waits for that thread to
    # take it; it is replaced. Rare, but on 3.6, whose GIL can't be found.
    assert bench.version == (3, 6) or int(stuck) <= 2, stuck
    snapshot = loader.Snapshot(bench.path('busy.pyheapsnapshot'))
    snapshot.check_closed()
    assert len(snapshot.meta['threads']) == 3
    degree = snapshot.in_degree()
    negative = [snapshot.type_of(a) for a in snapshot.ids[:snapshot.meta['nodes']['tracked']]
                if snapshot.refcount[a] < min(degree[a], loader.IMMORTAL)]
    assert not negative, negative
    assert bench.files() == ['busy.pyheapsnapshot', 'program.py']
    return '20 captures in %.1f s' % (time.time() - started)


TYPES = PRELUDE + '''
import types
class Plain(object):
    pass
def generator():
    yield
kept = [Plain(), generator(), generator, Plain.__init__, [].append, (lambda: kept), ouroboros_capture, {}, (), 1, set(),
        types.MethodType(generator, 1)]
ouroboros_capture.snapshot('types.pyheapsnapshot')
'''


def check_types(bench):
    """Which types have finalizers and which the collector can clear, as CPython's sources say."""
    bench.run_code(TYPES)
    slots = {row[2]: row[4] for row in loader.Snapshot(bench.path('types.pyheapsnapshot')).types
             if row[1] in ('builtins', '__builtin__', '__main__')}
    clears = {name for name in slots if slots[name] & 4}
    method = 'instancemethod' if bench.version < (3, 0) else 'method'
    assert clears >= {'list', 'dict', 'set', 'Plain', 'cell', 'type'}, clears
    assert ('function' in clears) == (bench.version >= (3, 8)), clears
    assert not clears & {'tuple', 'int', 'str', 'generator', method}, clears
    finalized = {name for name in slots if slots[name] & 1}
    assert ('generator' in finalized) == (bench.version >= (3, 4)), finalized
    assert not finalized & {'list', 'dict', 'function', 'Plain'}, finalized
    return ' '.join(sorted(clears))


def check_generators(bench):
    """Generators that run code when they are closed are marked, and those that have not been started."""
    done = 0
    # a program that is being traced has other opcodes in memory (3.12+)
    for mode, traced in (('fork', ''), ('in-process', ''), ('fork', 'traced')):
        path = bench.path('generators.pyheapsnapshot')
        code, out, err = bench.run(os.path.join(HERE, 'target_generators.py'), AGENT_FOLDER, path, mode, traced)
        assert code == 0, (mode, err[-2000:])
        snapshot = loader.Snapshot(path)
        guarded, unstarted = (set(snapshot.column['marks/' + name]) for name in ('guarded', 'unstarted'))
        rows = [row for row in json.loads(out) if row[0] != 'kept']
        assert len(rows) > (40 if bench.version >= (3, 6) else 20), len(rows)
        wrong = [(name, address in guarded, address in unstarted, ran) for name, address, expected, fresh, ran in rows
                 if (address in guarded, address in unstarted) != (expected, fresh)]
        assert not wrong, (mode, traced, wrong)
        # what is not marked ran nothing when it died
        silent = [name for name, _, expected, _, ran in rows if ran and not expected]
        assert silent in ([], ['running']), silent
        ran = [name for name, _, expected, _, ran in rows if expected and ran]
        assert len(ran) > sum(row[2] for row in rows) - 4, ran
        done += len(rows)
        if bench.version < (3, 0):
            legacy = set(snapshot.column['marks/legacy'])
            assert guarded <= legacy
    return '%d generators' % done


def check_facts(bench):
    """What else is known of objects: where generators wait, states, limits, kept frames, equal values, origins."""
    done = 0
    # 3.12.1 can't capture in place what has used asyncio, see check_freed_iterators
    for mode in ('fork',) if bench.version == (3, 12) else ('fork', 'in-process'):
        path = bench.path('facts.pyheapsnapshot')
        code, out, err = bench.run(os.path.join(HERE, 'target_facts.py'), AGENT_FOLDER, path, mode)
        assert code == 0, (mode, err[-2000:])
        snapshot, truth = loader.Snapshot(path), json.loads(out)
        for group, value in (('suspended', 'line'), ('futures', 'state'), ('limits', 'value'), ('zombies', 'bytes')):
            if group == 'zombies' and bench.version >= (3, 11):
                assert group + '/id' not in snapshot.column
                continue
            known = dict(zip(snapshot.column[group + '/id'], snapshot.column[group + '/' + value]))
            absent = None if group == 'limits' else 0
            for address, expected in truth[group]:
                found = known.get(address)
                assert found == expected or found is None and expected == absent, (mode, group, found, expected)
                done += 1
        check_equal_values(snapshot, truth['equal'])
        if truth['sites']:
            check_sites(snapshot, truth['sites'])
    return '%d facts' % done


def check_equal_values(snapshot, groups):
    known = dict(zip(snapshot.column['equal/id'], snapshot.column['equal/group']))
    for addresses in groups:
        numbers = set(known.get(address) for address in addresses)
        assert len(numbers) == 1 and (None in numbers) == (len(addresses) == 1), (addresses, numbers)
    others = [known.get(addresses[0]) for addresses in groups]
    assert len(set(others)) == len([number for number in others if number is not None]) + 1
    sizes = {}
    for number in known.values():
        sizes[number] = sizes.get(number, 0) + 1
    assert min(sizes.values()) >= 2
    texts = {}
    for address, number in known.items():
        if address in snapshot.strings:
            texts.setdefault(number, set()).add(snapshot.strings[address])
    assert all(len(text) == 1 for text in texts.values()) and len(texts) > 100


def check_sites(snapshot, expected):
    column = snapshot.column
    starts, at = [], 0
    for length in column['stacks/length']:
        assert 1 <= length <= 3
        starts.append(at)
        at += length
    assert at == len(column['stacks/file']) == len(column['stacks/line'])
    stacks = dict(zip(column['sites/id'], column['sites/stack']))
    for address, line in expected:
        start = starts[stacks[address]]
        file = snapshot.strings[column['stacks/file'][start]]
        assert (os.path.basename(file), column['stacks/line'][start]) == ('target_facts.py', line), (file, line)


# ------------------------------------------------------------------------------------------------ the runner

REPORT = '''
import json, os, sys
import ouroboros_capture
print(json.dumps([sys.argv, __name__, os.path.basename(__file__), sys.path[0],
                  sys.modules['__main__'].__dict__ is globals(), ouroboros_capture.__name__,
                  ouroboros_capture.snapshot.__module__,
                  sorted(set(globals()) - set(['json', 'os', 'sys', 'ouroboros_capture']))]))
sys.stdout.flush()
class Leak(object):
    def __init__(self):
        self.me = self
leak = Leak()
'''


def plain_and_run(bench, *arguments):
    """Runs a program plainly and under the agent. Returns the two (code, out, err)."""
    plain = bench.run(*arguments)
    return plain, bench.run(AGENT, '-o', 'out.pyheapsnapshot', *arguments)


def check_runner(bench):
    """A program under the agent behaves as without it: argv, __main__, exit codes, tracebacks, -m."""
    script = bench.write('report.py', REPORT)
    plain, run = plain_and_run(bench, 'report.py', 'one', '--two')
    assert plain[0] == run[0] == 0 and json.loads(plain[1]) == json.loads(run[1]), (plain, run)
    assert run[2].count('\n') == 2 and all(x.startswith('ouroboros: ') for x in run[2].splitlines()), run[2]
    snapshot = loader.Snapshot(bench.path('out.pyheapsnapshot'))
    assert any(snapshot.type_of(a) == '__main__.Leak' for a in snapshot.ids)
    assert 'report.py' in snapshot.meta['process']['argv'][0]
    assert any(name.endswith('report.py') for name in snapshot.meta['sources'])
    os.mkdir(bench.path('package'))
    bench.write('package/__init__.py', '')
    shutil.copy(script, bench.path('package/__main__.py'))
    plain, run = plain_and_run(bench, '-m', 'package', 'x')
    assert json.loads(plain[1]) == json.loads(run[1]), (plain, run)
    for text, code in (('import sys; sys.exit(7)', 7), ('import sys; sys.exit("bye")', 1),
                       ('import sys; sys.exit()', 0),
                       ('def f():\n    raise ValueError("boo")\nf()', 1), ('x = = 1', 1),
                       ('import os; os._exit(5)', 5)):
        bench.write('ends.py', text)
        plain, run = plain_and_run(bench, 'ends.py')
        assert plain[0] == run[0] == code, (text, plain, run)
        kept = ''.join(line for line in run[2].splitlines(True) if not line.startswith('ouroboros: '))
        assert kept == plain[2], (text, plain[2], run[2])
    code, out, err = bench.run(AGENT, 'absent.py')
    assert code != 0 and 'absent.py' in err
    for arguments in ([], ['--unknown', 'x.py'], ['-o'], ['--on-signal', 'NOPE', 'x.py']):
        code, out, err = bench.run(AGENT, *arguments)
        assert code == 2 and 'usage: ' in err and 'Traceback' not in err, (arguments, code, err)
    code, out, err = bench.run(AGENT, '--help')
    assert code == 0 and out.startswith('usage: ')
    return 'as plain Python'


THREADED = PRELUDE + '''
import threading, atexit
class Marked(object):
    pass
def late():
    time.sleep(0.3)
    threading.kept = Marked()
threading.Thread(target=late).start()
atexit.register(lambda: setattr(threading, 'last', [Marked()]))
'''


def check_at_exit(bench):
    """The capture at exit comes after threads that are no daemons and the program's own exit handlers."""
    code, out, err = bench.run(AGENT, bench.write('threaded.py', THREADED))
    assert code == 0, err
    name, = [name for name in bench.files() if name.endswith('.pyheapsnapshot')]
    assert name.startswith('threaded-') and name[len('threaded-'):-len('.pyheapsnapshot')].isdigit(), name
    snapshot = loader.Snapshot(bench.path(name))
    assert sum(snapshot.type_of(a) == '__main__.Marked' for a in snapshot.ids) == 2
    code, out, err = bench.run(AGENT, '--in-process', '-o', 'here.pyheapsnapshot', 'threaded.py')
    assert loader.Snapshot(bench.path('here.pyheapsnapshot')).meta['capture']['mode'] == 'in-process'
    return name


SIGNALLED = PRELUDE + '''
def wait_for(name):
    deadline = time.time() + 30
    while not os.path.exists(name):
        assert time.time() < deadline
        time.sleep(0.01)
times = []
for name in sys.argv[1:]:
    started = time.time()
    os.kill(os.getpid(), signal.SIGUSR2)
    times.append(time.time() - started)
    wait_for(name % os.getpid())
try:
    os.waitpid(-1, os.WNOHANG)
    print('a child is left')
except OSError:
    print(max(times))
'''


def check_on_signal(bench):
    """Each signal gives a numbered file, and the program goes on within milliseconds, without children."""
    bench.write('signalled.py', SIGNALLED)
    code, out, err = bench.run(AGENT, '--on-signal', 'USR2', 'signalled.py', 'signalled-%d-1.pyheapsnapshot',
                               'signalled-%d-2.pyheapsnapshot')
    assert code == 0, err
    slowest = float(out)
    assert slowest < 0.5, slowest
    code, out, err = bench.run(AGENT, '--on-signal=SIGUSR2', '-o', 'name.pyheapsnapshot', 'signalled.py',
                               'name.pyheapsnapshot#'[:-1] + '%.0s', 'name-2.pyheapsnapshot%.0s')
    assert code == 0, err
    for name in bench.files():
        assert name.endswith(('.py', '.pyheapsnapshot')), bench.files()
        if name.endswith('.pyheapsnapshot'):
            snapshot = loader.Snapshot(bench.path(name))
            snapshot.check_closed()
            agent = set(snapshot.column['marks/agent'])
            degree = snapshot.in_degree()
            odd = [snapshot.type_of(a) for a in snapshot.ids[:snapshot.meta['nodes']['tracked']]
                   if snapshot.refcount[a] < min(degree[a], loader.IMMORTAL) and a not in agent]
            assert not odd, odd
            frames = [a for a in snapshot.ids[:snapshot.meta['nodes']['tracked']]
                      if snapshot.type_of(a).endswith('.tuple')
                      and [snapshot.type_of(b).split('.')[1] for b in snapshot.edges[a]] == ['frame', 'int']]
            assert not frames, 'the arguments of the signal handler are in the graph'
    assert sum(name.endswith('.pyheapsnapshot') for name in bench.files()) == 4
    return 'slowest handler %.1f ms' % (slowest * 1e3)


# ------------------------------------------------------------------------------------------------- the file

SECRETS = PRELUDE + '''
def word(n):
    return 'se' + 'cret-%d' % n
class Account(object):
    def __init__(self):
        self.password = word(1)
        self.number = 987654321987
        self.balance = 1234.5678
table = {word(2): word(3)}
account = Account()
text = word(4) * 100
lone = u'\\ud800' + u'\\u1234 wide'
names = [account]
globals()['dyna' + 'mic'] = 1
sys.argv.append(word(5))
ouroboros_capture.snapshot('redacted.pyheapsnapshot', redact=True)
ouroboros_capture.snapshot('open.pyheapsnapshot')
print(id(text), id(lone), id(account))
'''


def raw_bytes(path):
    """Everything in a snapshot's members."""
    import zipfile
    with zipfile.ZipFile(path) as archive:
        return b''.join(archive.read(name) for name in archive.namelist())


def check_redact(bench):
    """With redact no text or number of the program is in the file; names are."""
    out = bench.run_code(SECRETS).replace('L', '').strip('()\n').replace(',', '')
    text, lone, account = map(int, out.split())
    data = raw_bytes(bench.path('redacted.pyheapsnapshot'))
    for secret in (b'secret', struct.pack('<q', 987654321987), struct.pack('<d', 1234.5678)):
        assert secret not in data, secret
        assert secret in raw_bytes(bench.path('open.pyheapsnapshot')), secret
    snapshot = loader.Snapshot(bench.path('redacted.pyheapsnapshot'))
    assert snapshot.meta['redacted'] is True and 'ints/id' not in snapshot.column
    for name in ('password', 'Account', 'co_consts', 'dynamic'):
        assert name in data.decode('latin-1'), name
    found = everything(snapshot, account)
    assert sorted(found) == ['balance', 'number', 'password'], found
    snapshot = loader.Snapshot(bench.path('open.pyheapsnapshot'))
    assert snapshot.strings[text] == ('secret-4' * 100)[:120]
    assert snapshot.strings[lone].endswith('\u1234 wide')
    return 'no secret in %d bytes' % len(data)


FAILING = PRELUDE + '''
import resource
def attempt(path, **options):
    try:
        ouroboros_capture.snapshot(path, **options)
        print('written')
    except ouroboros_capture.CaptureError as error:
        print('%s %s' % (type(error).__name__, str(error).replace('\\\\n', ' ')))
in_process = sys.argv[1] == 'in-process'
os.umask(0)
attempt('fine.pyheapsnapshot', in_process=in_process)
attempt('absent/folder.pyheapsnapshot', in_process=in_process)
attempt('.', in_process=in_process)
if not in_process:
    attempt('slow.pyheapsnapshot', timeout=0.0)
ouroboros_capture._bytes_available = lambda: (1 << 20, 'this test')
attempt('poor.pyheapsnapshot', in_process=in_process)
attempt('forced.pyheapsnapshot', force=True, in_process=in_process)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
attempt('big.pyheapsnapshot', force=True, in_process=in_process)
'''


def check_files(bench):
    """Files are private and whole, or not there; errors are typed and say what to do."""
    for mode in ('fork', 'in-process'):
        lines = bench.run_code(FAILING, mode).splitlines()
        expected = ['written', 'CannotWrite ', 'CannotWrite ', 'NotEnoughMemory ', 'written', 'CannotWrite ']
        if mode == 'fork':
            expected.insert(3, 'CaptureTimeout ')
        assert len(lines) == len(expected), lines
        for line, start in zip(lines, expected):
            assert line.startswith(start) and len(line) > len(start) * 2 - 20, (line, start)
        assert os.stat(bench.path('fine.pyheapsnapshot')).st_mode & 0o777 == 0o600
        assert bench.files() == ['fine.pyheapsnapshot', 'forced.pyheapsnapshot', 'program.py'], bench.files()
        loader.Snapshot(bench.path('forced.pyheapsnapshot')).check_closed()
    return 'private, whole'


def check_refusals(bench):
    """What the agent does not understand is refused with a reason."""
    program = PRELUDE + '''
for name, value in (('getobjects', 1), ('pypy_version_info', 1), ('maxsize', 2 ** 31 - 1)):
    old = getattr(sys, name, None)
    setattr(sys, name, value)
    try:
        ouroboros_capture.snapshot('refused.pyheapsnapshot')
    except ouroboros_capture.UnsupportedInterpreter as error:
        print(error)
    if old is None:
        delattr(sys, name)
    else:
        setattr(sys, name, old)
print(os.path.exists('refused.pyheapsnapshot'))
'''
    lines = bench.run_code(program).splitlines()
    assert len(lines) == 4 and lines[3] == 'False', lines
    assert 'Py_TRACE_REFS' in lines[0] and 'CPython' in lines[1] and '32-bit' in lines[2], lines
    if bench.version[0] == 3:
        check_freed_iterators(bench)
    return 'refused'


def check_freed_iterators(bench):
    """What asyncio has freed and still hands out before 3.12.6 would crash a program that is captured in place."""
    program = PRELUDE + '''
import asyncio
loop = asyncio.new_event_loop()
def use():
    for iterator in [iter(loop.create_future()) for _ in range(50)]:
        next(iterator)
use()
try:
    ouroboros_capture.snapshot('freed.pyheapsnapshot', in_process=True)
except ouroboros_capture.UnsupportedInterpreter as error:
    print(error)
ouroboros_capture.snapshot('forked.pyheapsnapshot')
for _ in range(20):
    use()
print(sys.version_info[:3])
'''
    lines = bench.run_code(program).splitlines()
    refused = lines[0].startswith('before CPython 3.12.6')
    assert refused == ((3, 12) <= eval(lines[-1]) < (3, 12, 6)), lines
    assert os.path.exists(bench.path('forked.pyheapsnapshot'))
    assert os.path.exists(bench.path('freed.pyheapsnapshot')) != refused


def check_zip64(bench):
    """Members, offsets and directories past 4 GB are written so that standard readers open them.

    The limit is lowered rather than 4 GB written."""
    program = PRELUDE + '''
from array import array
class Small(ouroboros_capture._Archive):
    LIMIT = 1000
descriptor = os.open('small.zip', os.O_RDWR | os.O_CREAT)
archive = Small(descriptor)
archive.add('meta.json', [b'{}'])
archive.add_column('a', array('B', os.urandom(15000)))
archive.add_column('b', array('I', [1, 2, 3] * 5000))
archive.finish()
'''
    import zipfile
    bench.run_code(program)
    with open(bench.path('small.zip'), 'rb') as stream:
        data = stream.read()
    assert b'PK\x06\x06' in data and b'PK\x06\x07' in data
    with zipfile.ZipFile(bench.path('small.zip')) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ['meta.json', 'a.npy', 'b.npy']
        assert archive.getinfo('a.npy').file_size == 15000 + 128
        assert archive.getinfo('b.npy').file_size == 60000 + 128
    return 'opened'


def main():
    name, interpreter = sys.argv[1:3]
    bench = Bench(interpreter)
    try:
        print(globals()['check_' + name](bench))
    finally:
        shutil.rmtree(bench.folder)


if __name__ == '__main__':
    main()
