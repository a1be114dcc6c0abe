"""Reads a .pyheapsnapshot with the standard library alone: what the agent's tests check the files with.

Independent of the TypeScript reader on purpose. Runs on CPython 3.6 or later."""
import ast
import json
import struct
import zipfile
from array import array

_CODES = {'<u8': 'Q', '<i8': 'q', '<u4': 'I', '|u1': 'B', '<f8': 'd'}
IMMORTAL = 0x3fffffff       # refcounts from here on mean "immortal" (3.12+)


class Snapshot:
    """One file. Columns by member name without `.npy` in `column`, meta.json in `meta`."""

    def __init__(self, path):
        self.column = {}
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                data = archive.read(name)
                if name == 'meta.json':
                    self.meta = json.loads(data.decode('ascii'))
                else:
                    assert name.endswith('.npy'), name
                    self.column[name[:-4]] = _column(data)
        column, meta = self.column, self.meta
        self.ids = column['nodes/id']
        self.index = {address: i for i, address in enumerate(self.ids)}
        assert len(self.index) == len(self.ids) == meta['nodes']['total'], 'an address stands twice'
        own = {}
        for address in meta['refcount']['own']:
            own[address] = own.get(address, 0) + 1
        bias = meta['refcount']['bias']
        self.refcount = {address: reading - bias - own.get(address, 0)
                         for address, reading in zip(self.ids, column['nodes/refcount'])}
        self.edges = self._split_edges()
        self.owned = {}
        for source, target, name in zip(column['owned/from'], column['owned/to'], column['owned/name']):
            self.owned.setdefault(source, []).append((target, name))
        self.strings = self._texts()
        self.types = meta['types']
        self.items = self._items()

    def _split_edges(self):
        marker = self.meta['edges']['marker']
        runs, run = [], []
        for target in self.column['edges/to']:
            if target == marker:
                runs.append(run)
                run = []
            elif target in self.index:
                run.append(target)
        assert not run and len(runs) == len(self.ids), (len(runs), len(self.ids))
        return dict(zip(self.ids, runs))

    def _texts(self):
        texts, at = {}, 0
        blob = self.column['strings/text'].tobytes()
        for address, length in zip(self.column['strings/id'], self.column['strings/length']):
            texts[address] = blob[at:at + length].decode('utf-8')
            at += length
        assert at == len(blob)
        return texts

    def _items(self):
        rows, at = {}, 0
        keys, values = self.column['items/key'], self.column['items/value']
        for owner, length, kind in zip(self.column['items/owner'], self.column['items/length'],
                                       self.column['items/kind']):
            rows.setdefault((owner, kind), []).extend(zip(keys[at:at + length], values[at:at + length]))
            at += length
        assert at == len(keys) == len(values)
        return rows

    def type_of(self, address):
        """Returns 'module.name' of a node's type."""
        row = self.types[self.column['nodes/type'][self.index[address]]]
        return row[1] + '.' + row[2]

    def attributes(self, address):
        """Returns {name: value's address} of a node's rows of kind 1."""
        return {self.strings[key]: value for key, value in self.items.get((address, 1), ())}

    def variables(self, address):
        """Returns {name: value's address} of a node's rows of kind 2."""
        return {self.strings[key]: value for key, value in self.items.get((address, 2), ())}

    def entries(self, address):
        """Returns {text of key, or its address: value's address} of a dict node."""
        return {self.strings.get(key, key): value for key, value in self.items.get((address, 0), ())}

    def in_degree(self):
        """Returns {address: number of edges, owned references and running frames' variables to it}."""
        count = dict.fromkeys(self.ids, 0)
        for run in self.edges.values():
            for target in run:
                count[target] += 1
        for rows in self.owned.values():
            for target, _ in rows:
                count[target] += 1
        for target in self.column['locals/value']:
            count[target] += 1
        return count

    def check_closed(self):
        """Raises AssertionError if an address that must be a node's is none."""
        nodes = self.index
        column = self.column
        for name in ('owned/from', 'owned/to', 'items/owner', 'items/value', 'codes/id', 'weakrefs/referent',
                     'weakrefs/ref', 'locals/value', 'frames/code'):
            missing = [address for address in column[name] if address not in nodes]
            assert not missing, (name, len(missing), missing[:5])
        for name in column:
            if name.startswith('marks/'):
                assert all(address in nodes for address in column[name]), name
        missing = [key for (owner, kind), row in self.items.items() if kind == 0 for key, _ in row
                   if key not in nodes]
        assert not missing, ('keys', len(missing))
        if not self.meta['redacted']:
            for (owner, kind), row in self.items.items():
                if kind:
                    assert all(key in self.strings for key, _ in row), (kind, owner)


def _column(data):
    assert data[:8] == b'\x93NUMPY\x01\x00', data[:8]
    length, = struct.unpack('<H', data[8:10])
    assert (10 + length) % 64 == 0
    header = ast.literal_eval(data[10:10 + length].decode('ascii'))
    column = array(_CODES[header['descr']])
    column.frombytes(data[10 + length:])
    assert header['shape'] == (len(column),) and header['fortran_order'] is False
    return column
