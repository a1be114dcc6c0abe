"""Checks of what the capture agent says of the allocator, run by a CPython 3.6 or later against any interpreter:

    python pymalloc_checks.py NAME INTERPRETER

As in checks.py a check raises AssertionError, or prints one line of what it found."""
import json
import os
import re
import shutil
import struct
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import loader   # noqa: E402
from checks import AGENT_FOLDER, PRELUDE, Bench     # noqa: E402


class Pools:
    """The pools and blocks of a snapshot."""

    def __init__(self, snapshot):
        column, meta = snapshot.column, snapshot.meta['pymalloc']
        assert meta['problem'] is None, meta
        assert meta['allocator'] == 'pymalloc' and meta['header'] == 48, meta
        self.bytes, self.alignment = meta['poolBytes'], meta['alignment']
        self.arenas, self.free = len(column['arenas/address']), sum(column['arenas/free'])
        addresses = list(column['arenas/address'])
        assert addresses == sorted(set(addresses)) and addresses
        self.classes, self.used = column['pools/class'], column['pools/used']
        self.row = {}               # address of a pool -> its row
        self.arena_of = {}          # address of a pool -> address of its arena
        rows = 0
        for address, total, free, untouched in zip(addresses, column['arenas/pools'], column['arenas/free'],
                                                   column['arenas/untouched']):
            first = -(-address // self.bytes) * self.bytes
            assert first + total * self.bytes <= address + meta['arenaBytes']
            mine = range(rows, rows + total)
            assert sum(not self.classes[i] for i in mine) == free >= untouched
            assert not any(self.classes[i] for i in mine[total - untouched:])
            for i in mine:
                self.row[first + (i - rows) * self.bytes] = i
                self.arena_of[first + (i - rows) * self.bytes] = address
            rows += total
        assert rows == len(self.classes) == len(self.used)
        assert all(bool(a) == bool(b) for a, b in zip(self.classes, self.used))

    def by_size(self):
        """Returns {block size: (pools, blocks in use)}."""
        found = {}
        for kind, used in zip(self.classes, self.used):
            if kind:
                pools, blocks = found.get(kind * self.alignment, (0, 0))
                found[kind * self.alignment] = pools + 1, blocks + used
        return found

    def block(self, address):
        """Returns the address of the block in which an address is, None where that is no pool in use."""
        pool = address & -self.bytes
        row = self.row.get(pool)
        if row is None or not self.classes[row]:
            return None
        size = self.classes[row] * self.alignment
        return pool + 48 + (address - pool - 48) // size * size

    def blocks(self, addresses):
        return {block for block in map(self.block, addresses) if block is not None}


def run_target(bench, mode, arguments=()):
    """Runs target_pymalloc.py. Returns (snapshot, path, what it printed, process that waits)."""
    path = bench.path('pools-%s.pyheapsnapshot' % mode)
    process = bench.start(*(list(arguments) + [os.path.join(HERE, 'target_pymalloc.py'), AGENT_FOLDER, path, mode]))
    line = process.stdout.readline()
    if not line:
        raise AssertionError(process.communicate()[1])
    return loader.Snapshot(path), path, json.loads(line), process


def parse_statistics(path):
    """Returns [(arenas, pools in no use, {block size: (pools, blocks in use)})], one for each moment."""
    found = []
    with open(path) as stream:
        for text in stream.read().split('moment\n')[1:]:
            sizes = {}
            for row in re.findall(r'^ *\d+ +(\d+) +(\d+) +(\d+) +\d+ *$', text, re.M):
                size, pools, blocks = map(int, row)
                sizes[size] = pools, blocks
            arenas = re.search(r'# arenas allocated current += +([\d,]+)', text).group(1)
            free = re.search(r'([\d,]+) unused pools \*', text).group(1)
            found.append((int(arenas.replace(',', '')), int(free.replace(',', '')), sizes))
    return found


def compare(pools, moments, argument):
    """The snapshot says what the interpreter's statistics said whenever the agent was about to read an arena. Where
    they changed meanwhile (a number that lives only between two reads), the snapshot must be within.

    argument: the size of the blocks in which ctypes keeps the arguments of a call. The statistics come from before the
    call that reads, so that four of these are in use while it reads. Returns {size: change} of those that changed."""
    ours = pools.by_size()
    assert {pools.arenas} == {arenas for arenas, _, _ in moments}, (pools.arenas, moments)
    free = [free for _, free, _ in moments]
    assert min(free) - 1 <= pools.free <= max(free), (pools.free, free)
    changed = {}
    for size in set(ours).union(*(sizes for _, _, sizes in moments)):
        more = 4 if size == argument else 0
        counts, blocks = zip(*(sizes.get(size, (0, 0)) for _, _, sizes in moments))
        mine = ours.get(size, (0, 0))
        assert min(counts) <= mine[0] <= max(counts) + bool(more), (size, 'pools', mine, sorted(set(counts)))
        assert min(blocks) + more <= mine[1] <= max(blocks) + more, (size, 'blocks', mine, sorted(set(blocks)))
        if min(blocks) != max(blocks):
            changed[size] = max(blocks) - min(blocks)
    assert len(changed) <= 4 and all(spread <= 4 for spread in changed.values()), changed
    return changed


def argument_size(pools, bytes_of, more=0):
    """Returns the size of the blocks for objects of so many bytes."""
    return -(-(bytes_of + more) // pools.alignment) * pools.alignment


def check_statistics(bench):
    """Arenas, pools and blocks in use of each size are those of sys._debugmallocstats()."""
    if bench.version < (3, 0):
        return 'this interpreter has no statistics; see headers'
    lines = []
    for mode in ('fork', 'in-process'):
        snapshot, path, (bytes_of, _), process = run_target(bench, mode)
        process.communicate('\n')
        snapshot.check_closed()
        pools = Pools(snapshot)
        moments = parse_statistics(path + '.moments')
        assert len(moments) >= pools.arenas
        argument = argument_size(pools, bytes_of)
        changed = compare(pools, moments, argument)
        check_mutations(snapshot, moments, changed, argument)
        lines.append('%s: %d arenas, %d pools and %d blocks are equal, but for what changed meanwhile (by size): %s; '
                     'before the capture %s' % (mode, pools.arenas, len(pools.row), sum(pools.used), changed or 'none',
                                                compare_before(pools, parse_statistics(path + '.before')[0])))
    return '; '.join(lines)


def compare_before(pools, moment):
    """Compares with the statistics from before the capture: what the agent itself allocated until it read is all that
    differs. Returns the differences as text."""
    arenas, free, sizes = moment
    assert pools.arenas == arenas
    ours = pools.by_size()
    differing = {}
    for size in sorted(set(ours) | set(sizes)):
        mine, theirs = ours.get(size, (0, 0)), sizes.get(size, (0, 0))
        if mine != theirs:
            differing[size] = mine[1] - theirs[1]
            assert mine[0] - theirs[0] in (-1, 0, 1, 2), (size, mine, theirs)
    assert sum(map(abs, differing.values())) < 250, differing
    return 'of %d blocks differ by size: %s' % (sum(blocks for _, blocks in sizes.values()), differing)


def check_mutations(snapshot, moments, changed, argument):
    """The comparison finds a pool of a wrong class, and a block too many or too few."""
    pools = Pools(snapshot)
    unclear = set(changed) | {argument}
    row = next(i for i, kind in enumerate(pools.classes) if kind and kind * pools.alignment not in unclear
               and (kind + 1) * pools.alignment not in unclear)
    for column, change in ((pools.classes, 1), (pools.used, 1), (pools.used, -1)):
        column[row] += change
        try:
            compare(pools, moments, argument)
        except AssertionError:
            pass
        else:
            raise AssertionError('a wrong pool was not found')
        column[row] -= change
    compare(pools, moments, argument)


def check_headers(bench):
    """Class and blocks in use of the pools of known objects are those in their headers, at the moment of reading."""
    lines = []
    for mode in ('fork', 'in-process'):
        snapshot, path, _, process = run_target(bench, mode)
        process.communicate('\n')
        pools = Pools(snapshot)
        with open(path + '.headers', 'rb') as stream:
            data = stream.read()
        count = len(data) // (8 + 48 + 48)
        assert count > 100 and len(data) == count * 104
        addresses = struct.unpack_from('<%dQ' % count, data)
        wrong = compare_headers(pools, addresses, data[8 * count:])
        # what the calls themselves keep while they copy a header, or read
        assert len(wrong) <= 3 and all(abs(row[-1]) <= 4 for row in wrong), wrong[:5]
        equal, arenas = 0, {}
        for i, pool in enumerate(addresses):
            first, latest = (struct.unpack_from('<I28xII8x', data, 8 * count + at) for at in (48 * i, 48 * (count + i)))
            equal += first == latest
            arenas.setdefault(pools.arena_of[pool], set()).add(first[1])
        # each arena has one index, each index one arena
        assert all(len(indexes) == 1 for indexes in arenas.values())
        assert len(set.union(*arenas.values())) == len(arenas)
        assert equal > 0.9 * count
        pools.used[pools.row[addresses[count // 2]]] += 5
        assert len(compare_headers(pools, addresses, data[8 * count:])) == len(wrong) + 1
        lines.append('%s: %d pools in %d of %d arenas, %d did not change meanwhile; differing: %s' % (
            mode, count, len(arenas), pools.arenas, equal, wrong or 'none'))
    return '; '.join(lines)


def compare_headers(pools, addresses, headers):
    """Returns [(pool, size class, blocks too many)] of what is not between the headers of the first and the latest
    moment. Raises AssertionError for a pool that is missing or of another class."""
    wrong, count = [], len(addresses)
    for i, pool in enumerate(addresses):
        (first, _, kind), (latest, _, after) = (struct.unpack_from('<I28xII8x', headers, at)
                                                for at in (48 * i, 48 * (count + i)))
        row = pools.row[pool]
        assert kind == after and pools.classes[row] == kind + 1, (hex(pool), kind, after, pools.classes[row])
        used = pools.used[row]
        more = used - min(max(used, min(first, latest)), max(first, latest))
        if more:
            wrong.append((hex(pool), kind + 1, more))
    return wrong


def blocks_in_use(process, pools):
    """Returns the blocks in use by the lists of free blocks in a process's memory: pool_header.freeblock leads to the
    first, each free block begins with the address of the next, and none from nextoffset on was used yet."""
    found = set()
    with open('/proc/%d/mem' % process.pid, 'rb', 0) as memory:
        for pool, row in pools.row.items():
            if not pools.classes[row]:
                continue
            memory.seek(pool)
            data = memory.read(pools.bytes)
            _, free, kind, start = struct.unpack_from('<QQ20xII', data)
            size = pools.classes[row] * pools.alignment
            if kind + 1 != pools.classes[row]:
                continue            # given back since
            mine = set(range(pool + 48, min(pool + start, pool + pools.bytes - size + 1), size))
            while free:
                mine.remove(free)
                free = struct.unpack_from('<Q', data, free - pool)[0]
            found |= mine
    return found


def check_tables(bench):
    """Objects and their tables are in blocks in use, tables belong to their owners, and few blocks are left."""
    snapshot, _, (_, truth), process = run_target(bench, 'fork')
    try:
        pools = Pools(snapshot)
        used = blocks_in_use(process, pools)
    finally:
        process.communicate('\n')
    column = snapshot.column
    assert all(owner in snapshot.index for owner in column['tables/owner'])
    rows = set(zip(column['tables/owner'], map(pools.block, column['tables/block'])))
    wrong = [(snapshot.type_of(owner), hex(address)) for owner, address in truth
             if pools.block(address) is not None and (owner, pools.block(address)) not in rows]
    known = sum(pools.block(address) is not None for _, address in truth)
    assert not wrong, wrong[:5]
    assert known > 100, known
    objects, tables = pools.blocks(snapshot.ids), pools.blocks(column['tables/block'])
    # what the agent itself had when it read is gone by now; all else is in use
    assert len(objects - used) < 100 and len(tables - used) < 20, (len(objects - used), len(tables - used))
    total = sum(pools.used)
    share = len(objects | tables) / total
    assert 0.96 < share <= 1, share
    left = {}
    for block in used - objects - tables:
        size = pools.classes[pools.row[block & -pools.bytes]] * pools.alignment
        left[size] = left.get(size, 0) + 1
    largest = sorted(left.items(), key=lambda item: -item[1])[:5]
    return '%d blocks: %.1f %% objects, %.1f %% tables, %.1f %% unexplained, by size %s' % (
        total, 100 * len(objects) / total, 100 * (share - len(objects) / total), 100 * (1 - share), largest)


FAULTS = PRELUDE + '''
agent = ouroboros_capture
Reader = agent._PoolReader
fill, pread = Reader.fill, agent._pread
def wrong_entry(self, buffer, address):
    """One arena is said to be where no memory is."""
    fill(self, buffer, address)
    if buffer.itemsize == 8 and len(buffer) >= 96 and len(buffer) % 96 == 0 and self.probes:
        at = 6 * self.probes[0][1]
        if at < len(buffer) and buffer[at] and buffer[at] <= self.probes[0][0] < buffer[at] + self.arena_bytes:
            buffer[at] += 1 << 44
            buffer[at + 1] += 1 << 44
def wrong_header(self, buffer, address):
    """A pool is said to be of another arena."""
    fill(self, buffer, address)
    if buffer.itemsize == 4 and len(buffer) > 12:
        buffer[self.pool_bytes // 4 + 8] += 1
def wrong_class(self, buffer, address):
    """A pool in use is said to have blocks of another size."""
    fill(self, buffer, address)
    if buffer.itemsize == 4 and len(buffer) > 12 and buffer[0]:
        buffer[9] += 1
def failing(descriptor, where, size, address):
    """No arena can be read."""
    return pread(descriptor, where, size, address) if size < 200000 or size % 4096 or size > 1 << 20 else -1
def broken(self, buffer, address):
    raise ZeroDivisionError('broken')
for in_process in (False, True):
    for name in ('wrong_entry', 'wrong_header', 'wrong_class', 'failing', 'broken', 'none'):
        Reader.fill = globals()[name] if name not in ('failing', 'none') else fill
        agent._pread = failing if name == 'failing' else pread
        ouroboros_capture.snapshot('%s-%s.pyheapsnapshot' % (name, in_process), in_process=in_process)
'''


def check_faults(bench):
    """What can't be right leads to a reason, and to a snapshot that is whole but for the pools."""
    bench.run_code(FAULTS)
    texts = set()
    for mode in (False, True):
        whole = loader.Snapshot(bench.path('none-%s.pyheapsnapshot' % mode))
        Pools(whole)
        for name, expected in (('wrong_entry', 'no memory is mapped'), ('wrong_header', 'do not agree'),
                               ('wrong_class', 'do not agree'), ('failing', 'no memory is mapped'),
                               ('broken', 'internal error')):
            snapshot = loader.Snapshot(bench.path('%s-%s.pyheapsnapshot' % (name, mode)))
            snapshot.check_closed()
            meta = snapshot.meta['pymalloc']
            assert expected in meta['problem'], (name, meta)
            # before 3.8 there is nothing that the interpreter could be asked
            assert meta['allocator'] == ('pymalloc' if bench.version >= (3, 8) else 'unknown'), meta
            groups = {member.partition('/')[0] for member in snapshot.column}
            assert not groups & {'arenas', 'pools', 'tables'} and 'nodes' in groups
            assert abs(len(snapshot.ids) - len(whole.ids)) < 200
            texts.add(re.sub('0x[0-9a-f]+', '0x...', meta['problem']))
    return ' | '.join(sorted(texts))


ALLOCATOR = PRELUDE + '''
kept = [[i, str(i)] for i in range(20000)]
ouroboros_capture.snapshot('allocator.pyheapsnapshot')
if hasattr(sys, '_debugmallocstats'):
    sys.stderr.flush()
    sys._debugmallocstats()
'''

# malloc gives a free chunk of 48 bytes whole to an object that needs 32: made here by freeing such chunks and a request
# that is big enough to have it sort them
LONG_CHUNK = PRELUDE + '''
import ctypes
texts = [bytes(bytearray([at & 255] * 7)) for at in range(2000)]
del texts[::2]
bytearray(1 << 20)
probes = [object() for _ in range(20000)]
long = [probe for probe in probes if ctypes.c_size_t.from_address(id(probe) - 8).value & ~7 == 48]
ouroboros_capture._pool_probe = long[0]
ouroboros_capture.snapshot('allocator.pyheapsnapshot')
'''


def check_allocators(bench):
    """The allocator and the debug hooks are recognised, as they are told by PYTHONMALLOC."""
    if bench.version < (3, 0):
        return 'only pymalloc is known on 2.7'
    program, done = bench.write('allocator.py', ALLOCATOR), []
    for value, options, debug in (
            ('', [], False), ('pymalloc', [], False), ('malloc', [], False), ('debug', [], True),
            ('pymalloc_debug', [], True), ('malloc_debug', [], True), ('', ['-X', 'dev'], True),
            ('', ['-X', 'tracemalloc'], False), ('malloc', ['-X', 'tracemalloc'], False),
            ('mimalloc', [], False), ('mimalloc_debug', [], True)):
        if options == ['-X', 'dev'] and bench.version < (3, 7) or 'mimalloc' in value and bench.version < (3, 13):
            continue        # not there yet
        bench.environment['PYTHONMALLOC'] = value
        code, _, err = bench.run(*(options + [program]))
        label = ' '.join(([value] if value else []) + options) or 'default'
        if code and 'mimalloc' in value and 'unknown allocator' in err:
            done.append('%s is not in this build' % label)
            continue
        assert code == 0, (label, err[-2000:])
        snapshot = loader.Snapshot(bench.path('allocator.pyheapsnapshot'))
        meta = snapshot.meta['pymalloc']
        # 3.6 takes blocks from malloc for PYTHONMALLOC=debug: the statistics say whether there are arenas. They are
        # silent while tracemalloc traces.
        has_arenas = 'arenas allocated' in err or not value and options[-1:] == ['tracemalloc']
        expected = 'pymalloc' if has_arenas else 'mimalloc' if 'mimalloc' in value else 'malloc'
        assert (meta['allocator'], meta['debug']) == (expected, debug), (label, meta)
        if expected == 'pymalloc':
            pools = Pools(snapshot)
            share = len(pools.blocks(snapshot.ids) | pools.blocks(snapshot.column['tables/block'])) / sum(pools.used)
            assert 0.9 < share <= 1, (label, share)
        else:
            assert expected in meta['problem'] and 'PYTHONMALLOC' in meta['problem'], meta
            assert 'pools/class' not in snapshot.column
        done.append('%s: %s%s' % (label, expected, ' with debug hooks' if debug else ''))
    bench.environment['PYTHONMALLOC'] = 'malloc'
    code, _, err = bench.run('-X', 'tracemalloc', bench.write('long_chunk.py', LONG_CHUNK))
    assert code == 0, err[-2000:]
    meta = loader.Snapshot(bench.path('allocator.pyheapsnapshot')).meta['pymalloc']
    assert meta['allocator'] == 'malloc', meta
    return ', '.join(done)


def check_debug_hooks(bench):
    """With debug hooks around each block the pools are those of the statistics, too."""
    if bench.version < (3, 0):
        return 'there are none on 2.7'
    bench.environment['PYTHONMALLOC'] = 'pymalloc_debug'
    snapshot, path, (bytes_of, _), process = run_target(bench, 'fork')
    process.communicate('\n')
    pools = Pools(snapshot)
    assert snapshot.meta['pymalloc']['debug'] is True
    # the size of the block and the domain before it, 8 bytes behind it, and the serial number of the call up to 3.7
    argument = argument_size(pools, bytes_of, 24 if bench.version >= (3, 8) else 32)
    changed = compare(pools, parse_statistics(path + '.moments'), argument)
    return '%d arenas, %d blocks, changed meanwhile: %s' % (pools.arenas, sum(pools.used), changed or 'none')


def main():
    name, interpreter = sys.argv[1:3]
    bench = Bench(interpreter)
    for variable in ('PYTHONMALLOC', 'PYTHONDEVMODE', 'PYTHONTRACEMALLOC'):
        bench.environment.pop(variable, None)
    try:
        print(globals()['check_' + name](bench))
    finally:
        shutil.rmtree(bench.folder)


if __name__ == '__main__':
    main()
