# -*- coding: utf-8 -*-
"""Ouroboros capture agent: writes a snapshot of this process's heap to a .pyheapsnapshot file.

One file, standard library only, for CPython 2.7 and 3.6 to 3.13 (64 bit, with the GIL), and for CPython 3.14
in Pyodide (32-bit WebAssembly).

    python ouroboros_capture.py [options] script.py args...      run a program, capture when it ends
    python ouroboros_capture.py --on-signal USR2 -m module args  ... or whenever the signal comes
    import ouroboros_capture; ouroboros_capture.snapshot("heap.pyheapsnapshot")

What it promises:

* Exact. For each object on the collector's lists, refcount less in-degree is the number of references
  from outside the graph. The agent's own frames, lists and tables are not in the graph.
* It runs no user code and changes nothing: no repr, no getattr on a user's object, no hashing or comparing
  of anything but addresses (integers), no `__dict__` access (which would make a dict where there was none).
* Where there is fork, the work is done in a forked child, and the program waits only for the fork itself
  (its other threads go on at once).

How it stays exact: see `_scan`. How it reads attributes without running code: see `_Memory` and `_Layout`.
The file format is described in docs/FORMAT.md.
"""
import sys

_RUN_AS_PROGRAM = __name__ == '__main__'
if _RUN_AS_PROGRAM:
    __name__ = 'ouroboros_capture'      # before any class or function takes its module name from it

import atexit
import gc
import os
import signal
import struct
import time
import zlib
from array import array
from itertools import chain, compress, count, islice, repeat
from operator import add, and_, eq, mul, ne, not_

try:
    import ctypes
except ImportError:
    ctypes = None
try:
    import select
except ImportError:
    select = None
from _weakref import getweakrefcount, getweakrefs

try:
    from _signal import getsignal as _getsignal     # without signal's enums
except ImportError:
    _getsignal = signal.getsignal
try:
    from thread import allocate_lock, get_ident
    from itertools import ifilterfalse as _filterfalse, imap as _map, izip as _zip
    _range = xrange     # noqa: F821
    _text_type = unicode    # noqa: F821
except ImportError:
    from _thread import allocate_lock, get_ident
    from itertools import filterfalse as _filterfalse
    _map, _zip, _range, _text_type = map, zip, range, str

__all__ = ['snapshot', 'CaptureError', 'UnsupportedInterpreter', 'InsideCollection', 'NotEnoughMemory',
           'CaptureTimeout', 'CannotWrite']

AGENT_VERSION = '0.1.0'
FORMAT_VERSION = 1
TEXT_LIMIT = 120            # characters kept of a str value
NAME_LIMIT = 1000           # characters kept of a name
DEFAULT_TIMEOUT = 600.0     # seconds
ALIVE_SECONDS = 0.3         # a forked child that sleeps so long before its first word is stuck ...
STUCK_SECONDS = 5.0         # ... and so is one that sleeps so long afterwards
FORK_TRIES = 5
SWITCH_INTERVAL = 3.0       # seconds; in place, so that no other Python thread runs meanwhile

_VERSION = sys.version_info[:2]
_PY2 = _VERSION[0] == 2
_U64 = 'L' if _PY2 else 'Q'
_I64 = _U64.lower()
_FRAMES_ARE_OBJECTS = _VERSION < (3, 11)    # running frames live on the heap and are traversed
_ORDERED_DICT = _VERSION >= (3, 6)
_GENERATION_LISTS = _VERSION >= (3, 8)      # gc.get_objects(generation)
_MANAGED = _VERSION >= (3, 11)              # instances with inline attribute values
_LINUX = sys.platform.startswith('linux')
_WASM = sys.platform == 'emscripten'
# The collector of 3.14.0 to 3.14.4 is an incremental one, with lists of its own: young objects, and old ones
# that this cycle of increments has visited already or has yet to visit.
_INCREMENTAL = (3, 14) <= sys.version_info[:3] < (3, 14, 5)
_POINTER = struct.Struct('P').size          # bytes of a machine word
_WORD_CODE = 'I' if _POINTER == 4 else _U64
# From 3.14 on references in frames have tags: bit 0 is set if no count is held
# (Include/internal/pycore_stackref.h).
_TAGGED = _VERSION >= (3, 14)
_ADDRESS = ~3 if _TAGGED else ~0

# tp_flags (Include/object.h)
_FLAG_INLINE_VALUES = 1 << 2        # 3.13
_FLAG_MANAGED_WEAKREF = 1 << 3      # 3.12
_FLAG_MANAGED_DICT = 1 << 4         # 3.11
_FLAG_HEAPTYPE = 1 << 9
_FLAG_HAVE_GC = 1 << 14
_FLAG_UNICODE = 1 << 28
_FLAG_DICT = 1 << 29
_FLAG_EXCEPTION = 1 << 30
_FLAG_TYPE = 1 << 31

_array_bytes = array.tostring if _PY2 else array.tobytes
_fill_array = array.fromstring if _PY2 else array.frombytes

# Codecs that are needed later are imported now.
b'a'.decode('ascii', 'replace').encode('ascii', 'replace')
b'a'.decode('utf-8', 'replace').encode('utf-8', 'replace')

# Readers of type attributes that neither a metaclass nor a type can override.
_type_dict = type.__dict__['__dict__'].__get__
_type_mro = type.__dict__['__mro__'].__get__
_type_bases = type.__dict__['__bases__'].__get__
_type_flags = type.__dict__['__flags__'].__get__
_type_name = type.__dict__['__name__'].__get__
_type_qualname = type.__dict__['__name__' if _PY2 else '__qualname__'].__get__
_type_module = type.__dict__['__module__'].__get__
_type_basicsize = type.__dict__['__basicsize__'].__get__
_type_itemsize = type.__dict__['__itemsize__'].__get__
_type_dictoffset = type.__dict__['__dictoffset__'].__get__
_type_weakrefoffset = type.__dict__['__weakrefoffset__'].__get__

_MEMBER = type(type.__dict__['__basicsize__'])      # member_descriptor
_C_METHODS = (type(list.append), type(list.__len__))    # method_descriptor, wrapper_descriptor
_FUNCTION = type(lambda: 0)
_GETSET = type(_FUNCTION.__dict__['__code__'])
_CODE = type((lambda: 0).__code__)
_MODULE = type(sys)
_module_dict = _MODULE.__dict__['__dict__'].__get__


# Compiled here, for the functions of the struct module keep what they compile: a change in the program's
# heap.
_SIGNED_BYTE = struct.Struct('b')
_SIGNED_INT = struct.Struct('<i')
# the start of PyDictKeysObject (3.11+)
_KEYS_HEADER = struct.Struct('<qBBBxIqq' if _POINTER == 8 else '<iBBBxIii')


# ------------------------------------------------------------------------------------------------ errors

class CaptureError(Exception):
    """No snapshot was written; the message says why and what to do."""


class UnsupportedInterpreter(CaptureError):
    """This interpreter is one that the agent does not understand."""


class InsideCollection(CaptureError):
    """The garbage collector is running, so part of the heap is on no list."""


class NotEnoughMemory(CaptureError):
    """The capture might exhaust this machine's or container's memory."""


class CaptureTimeout(CaptureError):
    """The capture took too long and was ended."""


class CannotWrite(CaptureError):
    """The file could not be written."""


_ERRORS = [CaptureError, UnsupportedInterpreter, InsideCollection, NotEnoughMemory, CaptureTimeout,
           CannotWrite]


def _why_unsupported():
    """Returns why this interpreter can't be captured, or None when it can."""
    info = sys.version_info
    implementation = 'cpython' if _PY2 else sys.implementation.name
    if implementation != 'cpython' or hasattr(sys, 'pypy_version_info') or not hasattr(sys, 'getrefcount'):
        return 'this is not CPython; only CPython has the reference counts that a snapshot records'
    if not (info[:2] == (2, 7) or (3, 6) <= info[:2]):
        return 'CPython %d.%d is not supported; use 2.7 or 3.6 to 3.13' % info[:2]
    if info[:2] >= (3, 15) or info[:2] == (3, 14) and not _WASM:
        return ('CPython %d.%d is not supported yet (3.14 is in Pyodide): its frames hold borrowed references, '
                'and this agent was not proven to tell them there; use 3.13 or older' % info[:2])
    if info[:2] == (3, 14) and ctypes is None:
        return 'this interpreter has no ctypes, without which borrowed references cannot be told; load ctypes'
    if sys.maxsize < 1 << 32 and not (_WASM and info[:2] == (3, 14)):
        return 'this is a 32-bit interpreter; use a 64-bit one'
    if hasattr(sys, 'getobjects'):
        return 'this interpreter was built with Py_TRACE_REFS; use an ordinary build'
    if hasattr(sys, 'abiflags') and 't' in sys.abiflags:
        return 'this is a free-threaded build; use the build with the GIL'
    if _PY2 and sys.platform == 'win32':
        return 'CPython 2.7 on Windows is not supported'
    if _in_subinterpreter():
        return 'this is a subinterpreter; capture from the main interpreter'
    return None


def _in_subinterpreter():
    """True in an interpreter other than the main one, as far as that can be told."""
    module = sys.modules.get('_interpreters') or sys.modules.get('_xxsubinterpreters')
    if module is None:
        return False
    try:
        current, main = module.get_current(), module.get_main()
    except Exception:
        return False
    if type(current) is tuple:
        current, main = current[0], main[0]
    return int(current) != int(main)


# ---------------------------------------------------------------------- is the collector running just now?

class _State(object):
    """What the agent remembers between calls; one instance, a permanent object of the agent."""
    __slots__ = ('collecting', 'pending_signal', 'trace', 'profile', 'monitoring', 'options', 'captures',
                 'ballast', 'main_pid', 'lock', 'exit_done', 'folder', 'program', 'tables',
                 'stuck')


_state = _State()
_state.collecting = None            # ident of the thread inside a collection
_state.pending_signal = None        # a signal that came during a collection
_state.trace = _state.profile = _state.monitoring = None
_state.options = None
_state.captures = 0
_state.ballast = None
_state.main_pid = os.getpid()
_state.lock = allocate_lock()
_state.exit_done = False
_state.stuck = 0                    # forked children that got stuck and were replaced


class _Ballast(object):
    """An object that the collector counts; see _restore_count."""
    __slots__ = ('unused',)


_state.ballast = [_Ballast() for _ in _range(128)]


def _restore_count(before):
    """Makes the collector's count of young objects what it was, so that the next collection comes no sooner
    or later for the capture: frees objects that were kept for this, or keeps more."""
    excess = gc.get_count()[0] - before
    while excess > 0 and _state.ballast:
        _state.ballast.pop()
        excess -= 1
    while excess < 0 and len(_state.ballast) < 256:
        _state.ballast.append(_Ballast())
        excess += 1


def _watch_collections(phase, info):
    """A callback of the collector (gc.callbacks): remembers whether a collection is going on.

    A signal that came meanwhile is sent again once the lists are whole."""
    if phase == 'start':
        _state.collecting = get_ident()
    else:
        _state.collecting = None
        if _state.pending_signal is not None:
            number = _state.pending_signal
            _state.pending_signal = None
            os.kill(os.getpid(), number)


_KNOWS_COLLECTIONS = hasattr(gc, 'callbacks')
if _KNOWS_COLLECTIONS:
    gc.callbacks.append(_watch_collections)


# All of the address space as one buffer, which is permanent since ctypes keeps array types in a table of its
# own. It does not begin at 0, for 2.7 takes a null pointer for no buffer.
_FIRST_ADDRESS = 4096
_LAST_ADDRESS = 1 << (47 if _POINTER == 8 else 31)
_everything = ((ctypes.c_char * (_LAST_ADDRESS - 1 - _FIRST_ADDRESS)).from_address(_FIRST_ADDRESS)
               if ctypes else None)
_everything_view = None if ctypes is None or _PY2 else memoryview(_everything)
# The C library; calls keep the GIL.
_libc = None
if ctypes is not None and _LINUX:
    try:
        _libc = ctypes.PyDLL(None)
    except OSError:
        pass
_WORD = struct.Struct('<Q')
_LIST_ITEMS = 24            # offset of ob_item in PyListObject (Include/listobject.h)


def _addresses_slow(items):
    """Returns an array of the addresses of a list's items."""
    return array(_U64, _map(id, items))


def _addresses(items):
    """Returns an array of the addresses of a list's items: a copy of the list's own memory."""
    addresses = array(_U64)
    count = len(items)
    if count:
        start = _WORD.unpack_from(_everything, id(items) + _LIST_ITEMS - _FIRST_ADDRESS)[0] - _FIRST_ADDRESS
        if _PY2:
            addresses.fromstring(buffer(_everything, start, 8 * count))     # noqa: F821
        else:
            addresses.frombytes(_everything_view[start:start + 8 * count])
    return addresses


def _words_at(addresses, before, count):
    """Returns an array of the `count` words from `address + before` on, for each of the addresses, read
    straight from memory."""
    layout = struct.Struct('%ds' % (_POINTER * count))
    offsets = _map(add, addresses, repeat(before - _FIRST_ADDRESS))
    data = b''.join(chain.from_iterable(_map(layout.unpack_from, repeat(_everything), offsets)))
    words = array(_WORD_CODE, data)
    return words if _WORD_CODE == _U64 else array(_U64, words)


def _knows_lists():
    """True if lists are laid out as `_addresses` believes."""
    probe = [object(), object(), object()]
    if ctypes is None or not _LINUX or list.__basicsize__ != 40:
        return False
    if _WORD.unpack_from(_everything, id(probe) + 16 - _FIRST_ADDRESS)[0] != len(probe):
        return False
    return _addresses(probe) == _addresses_slow(probe)


if _why_unsupported() is not None or not _knows_lists():
    _addresses = _addresses_slow


# ------------------------------------------------------------------------------------- nodes, edges, counts

class _Marker(object):
    """Its one instance ends each node's run of edges."""
    __slots__ = ()


def _scan(callers, batch_size=1 << 14):
    """Reads the graph and the counts.

    callers: the agent's functions that are on the stack below this one, innermost first, as often as each is
    there (they hold references to themselves).
    Returns (objects, tracked, segments, edges, marker, readings, bias, own, others): the list of all nodes,
    how many of them are on the collector's lists, the lengths of these lists, the edge column, its marker,
    and for each node the reading of sys.getrefcount, of which `bias` and the number of times that its address
    stands in `own` are the agent's doing; and the set of the addresses of at least the untracked nodes.

    The collector must be disabled. When the counts are read, nothing of the agent but `objects` holds any
    node, save for what `own` lists. Hence: no closure, no exception handler, no local that holds a node, and
    everything that is not needed for the counts is done later. Bytecode runs once per batch, never once per
    object."""
    get_referents = gc.get_referents
    mine = frame = None
    skip = set()
    skip.add(id(skip))
    if _FRAMES_ARE_OBJECTS:
        # Frames are objects: in 2.7 and 3.6 tracked even while they run. Ours are no nodes.
        mine = []
        frame = sys._getframe()
        here = frame.f_globals
        while frame is not None and frame.f_globals is here:
            mine.append(frame)
            frame = frame.f_back
        frame = here = None
        skip.update(_map(id, mine))
        skip.add(id(mine))
    if _GENERATION_LISTS:
        # The collector's own order: young objects behind old ones. Generation 0 is read first, for the
        # lists that we get are themselves young objects.
        young = gc.get_objects(0)
        young = list(compress(young, _map(not_, _map(skip.__contains__, _map(id, young)))))
        if _INCREMENTAL:
            objects, position = _old_objects()
            segments = ((1, position), (2, len(objects) - position), (0, len(young)))
            objects += young
        else:
            middle = gc.get_objects(1)
            objects = gc.get_objects(2)
            segments = ((2, len(objects)), (0, len(young)), (1, len(middle)))
            objects += young
            objects += middle
        young = middle = None
    else:
        objects = gc.get_objects()
        objects = list(compress(objects, _map(not_, _map(skip.__contains__, _map(id, objects)))))
        segments = None
    if _request.signal_frame:
        segments = _drop_signal_arguments(objects, segments)
    tracked = len(objects)
    separator = (_Marker(),)        # up to 3.7 running frames are traversed: none may hold the marker itself
    marker = id(separator[0])
    edges = array(_U64)
    # All tracked objects are in the list already unless some are frozen; then only untracked ones are new.
    all_listed = not (hasattr(gc, 'get_freeze_count') and gc.get_freeze_count())
    found = {}                      # address -> object, in order of discovery
    ours = (marker, id(separator), id(objects), id(edges), id(found))
    skip.update(ours)
    ours += (id(skip),) if mine is None else (id(skip), id(mine))
    if not all_listed:
        skip.update(_map(id, objects))
    if _ORDERED_DICT:
        found.update(_zip(skip, repeat(None)))
    known = len(found)
    position = 0
    arguments = batch = referents = fresh = None
    while position < len(objects):
        while position < len(objects):
            batch = objects[position:position + batch_size]
            position += len(batch)
            arguments = [separator] * (2 * len(batch))
            arguments[0::2] = batch
            referents = get_referents(*arguments)
            edges.extend(_addresses(referents))
            if all_listed:
                referents = list(_filterfalse(gc.is_tracked, referents))
            found.update(_zip(_addresses(referents), referents))
            arguments = batch = referents = None
        if _ORDERED_DICT:
            fresh = list(islice(found.values(), known, None))
            known = len(found)
        else:
            referents = set(found) - skip
            fresh = list(_map(found.__getitem__, referents))
            skip.update(referents)
            found = {}
            skip.add(id(found))
            referents = None
        objects.extend(_unlisted(fresh, objects, tracked) if all_listed else fresh)
        fresh = None
    others = set(found) if _ORDERED_DICT else skip      # these are addresses only
    others.difference_update(ours)
    skip = separator = found = None
    readings = array(_I64, _map(sys.getrefcount, objects))
    # What our own running frames hold just now ...
    if _FRAMES_ARE_OBJECTS:
        own = array(_U64, _map(id, chain.from_iterable(_map(get_referents, mine))))
    else:
        own = array(_U64, _map(id, locals().values()))
    # ... what the stack held while map() ran: functions being called, getrefcount, and the type of `edges`,
    # of `readings` and of the callable (array.array is a heap type from 3.10 on, and so counted).
    own.append(id(sys.getrefcount))
    if _request.signal_frame:
        own.append(_request.signal_frame)
    own.extend(_map(id, callers))
    if _VERSION < (3, 8):
        own.extend(_map(id, callers))       # call_function() takes one more
    if _VERSION >= (3, 10):
        own.extend((id(array),) * 3)
    mine = None
    probe = [object()]                      # held by this list alone, as each node is by `objects`
    bias = array(_I64, _map(sys.getrefcount, probe))[0]
    return objects, tracked, segments, edges, marker, readings, bias, own, others


def _unlisted(items, objects, tracked):
    """Returns those of `items`, all of which say that they are not tracked, that are not among the first `tracked`
    objects. A type can say so of what is on the collector's lists: greenlets do while they run (tp_is_gc)."""
    kinds = dict(_zip(_map(id, _map(type, items)), _map(type, items)))
    doubtful = set(address for address, kind in kinds.items() if kind is not tuple and kind is not dict
                   and _type_flags(kind) & (_FLAG_HAVE_GC | _FLAG_TYPE) == _FLAG_HAVE_GC)
    if not doubtful:
        return items
    listed = objects[:tracked]
    listed = set(compress(_map(id, listed), _map(doubtful.__contains__, _map(id, _map(type, listed)))))
    return [item for item in items if id(item) not in listed]


def _old_objects():
    """3.14.0 to 3.14.4: returns (the old objects, those first that this cycle of increments has visited already,
    how many those are).

    gc.get_objects(2) gives both lists, and a bit of each object says in which one it is: bit 0 of _gc_next, the
    second word before the object. Which list is the visited one changes with each cycle; a new object has the
    bit of the other (Python/gc.c: _PyGC_GetObjects, completed_scavenge; Include/internal/pycore_gc.h)."""
    objects = gc.get_objects(2)
    words = _words_at(_addresses([objects]), -2 * _POINTER, 1)
    pending = bytearray(_map(and_, _words_at(_addresses(objects), -2 * _POINTER, 1), repeat(1)))
    if not words[0] & 1:
        pending = bytearray(_map(not_, pending))
    ordered = list(compress(objects, _map(not_, pending)))
    visited = len(ordered)
    ordered += compress(objects, pending)
    return ordered, visited


def _drop_signal_arguments(objects, segments):
    """Removes the tuple (number, frame) with which the interpreter has called our signal handler: a young
    object. Returns the segments as they are then."""
    start, position = 0, 0
    for generation, count in segments or ():
        if generation == 0:
            start = position
        position += count
    for i in _range(start, len(objects)):
        item = objects[i]
        if (type(item) is tuple and len(item) == 2 and id(item[1]) == _request.signal_frame
                and type(item[0]) is int):
            del objects[i]
            return segments and tuple(
                (generation, count - (generation == 0)) for generation, count in segments)
    return segments


# --------------------------------------------------------------------------------------------- raw memory

class _Memory(object):
    """This process's memory.

    `read` and `words` go through the kernel, so that a wrong address gives zeros and never a crash: they are
    for what is not proven yet. `records` reads straight, at C speed: for the structures of objects that are
    alive (and that we hold), with offsets that were proven on the agent's own objects."""

    def __init__(self):
        """Raises OSError where there is no /proc/self/mem, ImportError without ctypes."""
        if ctypes is None:
            raise ImportError('no ctypes')
        self.descriptor = os.open('/proc/self/mem', os.O_RDONLY)

    def close(self):
        os.close(self.descriptor)

    def read(self, address, length):
        """Returns `length` bytes at `address`, zeros where nothing is mapped."""
        try:
            if _PY2:
                os.lseek(self.descriptor, address, 0)
                data = os.read(self.descriptor, length)
            else:
                data = os.pread(self.descriptor, length, address)
        except (OSError, OverflowError, ValueError):
            data = b''
        return data + b'\0' * (length - len(data))

    def words(self, address, count):
        """Returns a tuple of `count` machine words at `address`, zeros where nothing is mapped."""
        return tuple(array(_WORD_CODE, self.read(address, _POINTER * count)))

    def records(self, addresses, before, count):
        """Returns an array of the `count` words from `address + before` on, for each of the addresses."""
        return _words_at(addresses, before, count)


_heap_size = None
if _WASM and ctypes is not None:
    try:
        _heap_size = ctypes.pythonapi['emscripten_get_heap_size']   # an attribute would be kept by pythonapi
        _heap_size.restype = ctypes.c_size_t
    except AttributeError:
        pass


class _LinearMemory(_Memory):
    """The memory of a WebAssembly program: all of it up to its size can be read."""

    def __init__(self):
        """Raises ImportError without ctypes, AttributeError where the size is not told."""
        if ctypes is None:
            raise ImportError('no ctypes')
        if _heap_size is None:
            raise AttributeError('no emscripten_get_heap_size')

    def close(self):
        pass

    def read(self, address, length):
        """Returns `length` bytes at `address`, zeros beyond the end."""
        size = min(_heap_size(), _LAST_ADDRESS)
        known = max(0, min(length, size - address)) if address >= _FIRST_ADDRESS else 0
        data = ctypes.string_at(address, known) if known else b''
        return data + b'\0' * (length - known)


# The objects on which the layouts are calibrated. They are the agent's own and permanent, so that a capture
# in place leaves nothing behind.

class _Probe(object):
    """Has attributes in its instance's dict, or inline from 3.11 on."""
    def __init__(self):
        self.ouroboros_first = ['first']
        self.ouroboros_second = ['second']
        self.ouroboros_third = ['third']


class _SlotProbe(object):
    """Has one slot."""
    __slots__ = ('ouroboros_slot',)


def _make_probe_function():
    captured = ['captured']

    def probe_function(argument=captured):
        return captured, argument
    probe_function.ouroboros = 1
    return probe_function


def _probe_generator(first):
    second = ['second']
    yield second
    yield first


def _probe_guarded():
    try:
        yield
    finally:
        len(())


def _probe_zombie():
    return id(sys._getframe())


def _probe_hot():
    """Called so often that 3.8 to 3.10 give its code caches for what it looks up."""
    return id


if (3, 8) <= _VERSION <= (3, 10):
    for _ in _range(1100):
        _probe_hot()


def _probe_callback(reference):
    """Never called: the callback of the agent's probe weak reference."""


_probe = _Probe()
_slot_probe = _SlotProbe()
_slot_probe.ouroboros_slot = ['slot']
_probe_function = _make_probe_function()
_probe_names = ('ouroboros_first', 'ouroboros_second', 'ouroboros_third')
_probe_content = b'ouroboros probe'


def _make_probe_exception():
    error = ValueError('probe', 'two')
    if not _PY2:
        error.__context__ = KeyError('context')
        error.__cause__ = TypeError('cause')
    return error


class _Layout(object):
    """Where the interpreter keeps what no safe getter shows.

    Every offset is found by looking for known values in the agent's own probe objects, so a build with
    another layout leaves labels out and never gives wrong ones. Facts from CPython's sources:
    Objects/descrobject.c (PyMemberDescrObject), Objects/dictobject.c and Include/internal/pycore_dict.h
    (shared keys and inline values), Include/internal/pycore_frame.h and pycore_code.h.
    """

    def __init__(self, memory):
        self.memory = memory
        self.member_offset = None       # of the pointer to PyMemberDef in a member descriptor
        self.keys_offset = None         # of ht_cached_keys in a heap type
        self.fields = {}                # id(type) -> [(offset, name)] that hold for it and its subtypes
        self.inline = False
        self.generator_locals = None    # offset of the first local in a generator
        # offset of the first local in a frame, or in what frame_pointer leads to
        self.frame_locals = None
        self.frame_pointer = None       # 3.11+: offset of f_frame in a frame object
        self.frame_code = None          # 3.11+: offset of the code in an interpreter frame
        self.code_names = None          # 3.11+: offset of co_localsplusnames in a code object
        self.generator_state = None     # 3.11+: offset of gi_frame_state in a generator ...
        self.generator_created = None   # ... and its value before the first next()
        self.generator_stack = False    # 3.14+: the end of a generator's stack follows generator_position
        self.generator_position = None  # 3.11+: offset of the pointer to the instruction that a generator is at
        self.push_exc_info = None       # 3.11+: the opcode with which handlers begin that stand in the source
        self.frame_numbers = None       # up to 3.10: offset of f_lasti in a frame; see _find_blocks
        self.zombie_frame = None        # up to 3.10: offset of co_zombieframe in a code object
        self._find_members()
        self._find_fields()
        if _MANAGED and ctypes is not None:
            self._find_inline_values()
            self._find_code_names()
        self._find_locals()
        if _FRAMES_ARE_OBJECTS:
            self._find_blocks()
            self._find_zombie()
        else:
            self._find_position()

    def _offset_of(self, holder, value, start=2, count=64):
        """Returns the only offset in `holder` at which the address of `value` stands, or None."""
        return self.offset_of_word(holder, id(value), start, count)

    def offset_of_word(self, holder, word, start=2, count=64):
        """Returns the only offset in `holder` at which a word stands, or None."""
        words = self.memory.words(id(holder), count)
        hits = [i for i in _range(start, count) if words[i] == word]
        return _POINTER * hits[0] if len(hits) == 1 else None

    # -- members

    def _find_members(self):
        descriptor = _type_dict(_SlotProbe)['ouroboros_slot']
        value = id(_slot_probe.ouroboros_slot)
        for offset in (4 * _POINTER, 5 * _POINTER, 6 * _POINTER):
            definition = self.memory.words(id(descriptor) + offset, 1)[0]
            _, kind, where = self.memory.words(definition, 3)
            if kind & 0xffffffff == 16 and where < 4096 and \
                    self.memory.words(id(_slot_probe) + where, 1)[0] == value:
                self.member_offset = offset
                return

    def member(self, descriptor):
        """Returns the offset in the instance of an object member, or None (structmember.h: T_OBJECT,
        T_OBJECT_EX)."""
        definition = self.memory.words(id(descriptor) + self.member_offset, 1)[0]
        _, kind, where = self.memory.words(definition, 3)
        return where if kind & 0xffffffff in (6, 16) and 2 * _POINTER <= where < 4000 else None

    # -- fields behind getters that compute

    def _find_fields(self):
        function = _probe_function
        samples = [(_FUNCTION, function, [
            ('__code__', function.__code__), ('__defaults__', function.__defaults__),
            ('__name__', function.__name__), ('__dict__', function.__dict__)])]
        if not _PY2:
            samples[0][2].extend([('__kwdefaults__', function.__kwdefaults__),
                                  ('__qualname__', function.__qualname__)])
        samples.append((type, _Probe, [('__dict__', _class_dict(_Probe)),
                                       ('__bases__', _type_bases(_Probe))]))
        if _PY2:
            samples.append((type(_OldProbe), _OldProbe, [('__dict__', _OldProbe.__dict__),
                                                         ('__bases__', _OldProbe.__bases__)]))
            samples.append((type(_old_probe), _old_probe, [('__dict__', _old_probe.__dict__),
                                                           ('__class__', _OldProbe)]))
        samples.append((type(_probe_method), _probe_method, [('__self__', _probe_method.__self__)]))
        samples.append((type(_probe_reference), _probe_reference, [('__callback__', _probe_callback)]))
        error = [('args', _probe_exception.args)]
        if not _PY2:
            error += [('__context__', _probe_exception.__context__),
                      ('__cause__', _probe_exception.__cause__)]
        samples.append((BaseException, _probe_exception, error))
        cache = _of_module('_functools', '_lru_cache_wrapper')
        if cache is not None:
            wrapper = cache(len, None, False, tuple)
            samples.append((cache, wrapper, [('cache', next(
                item for item in gc.get_referents(wrapper) if type(item) is dict))]))
        for kind, sample, values in samples:
            fields = []
            for name, value in values:
                offset = self._offset_of(sample, value, 2, _type_basicsize(type(sample)) // _POINTER)
                if offset is not None:
                    fields.append((offset, name))
                    if name == '__context__':
                        fields.append((offset - _POINTER, '__traceback__'))    # pyerrors.h: PyException_HEAD
            self.fields[id(kind)] = fields

    # -- inline attribute values (3.11+)

    def shared_keys(self, kind):
        """Returns (number of names, capacity, address of the first entry) of a heap type's shared keys, or
        None."""
        keys = self.memory.words(id(kind) + self.keys_offset, 1)[0]
        found = self._read_keys(keys) if keys else None
        return found and (len(found[0]), found[1], found[2])

    def _read_keys(self, keys):
        """Returns (names' addresses, capacity, address of the first entry) of shared keys, or None if it is
        none."""
        header = self.memory.read(keys, _KEYS_HEADER.size)
        _, _, log2_index, key_kind, _, usable, count = _KEYS_HEADER.unpack(header)
        if key_kind != 2 or not 0 <= count <= 64 or log2_index > 16:    # DICT_KEYS_SPLIT
            return None
        start = keys + _KEYS_HEADER.size + (1 << log2_index)
        return self.memory.words(start, 2 * count)[0::2], usable + count, start

    def _find_inline_values(self):
        names = tuple(id(name) for name in _probe_names)
        for offset in _range(32 * _POINTER, _type_basicsize(type), _POINTER):
            keys = self.memory.words(id(_Probe) + offset, 1)[0]
            found = self._read_keys(keys) if keys > 1 << 16 and not keys & (_POINTER - 1) else None
            if found and found[0][:3] == names:
                self.keys_offset = offset
                break
        else:
            return
        pointer = self.memory.words(id(_probe) - 4 * _POINTER, 2)
        where = self.values_of(_Probe, id(_probe), pointer)
        if not where:
            return
        values = self.memory.words(where, 3)
        referents = [id(value) for value in gc.get_referents(_probe)]
        self.inline = all(value in referents for value in values)

    def values_of(self, kind, address, pointer):
        """Returns the address of the first inline value or 0. `pointer`: the fourth and the third word before
        the object."""
        if _VERSION == (3, 11):
            return pointer[0]
        if _VERSION == (3, 12):
            return pointer[1] + 1 if pointer[1] & 1 else 0
        return address + _type_basicsize(kind) + _POINTER

    def has_inline(self, item, name):
        """True if an instance of a heap type has an attribute of that name among its inline values."""
        kind, address = type(item), id(item)
        needed = _FLAG_MANAGED_DICT | (_FLAG_INLINE_VALUES if _VERSION >= (3, 13) else 0)
        shared = self.shared_keys(kind) if self.inline and _type_flags(kind) & needed == needed else None
        if shared is None:
            return False
        values = self.values_of(kind, address, self.memory.words(address - 4 * _POINTER, 2))
        if not values or _VERSION >= (3, 13) and not self.memory.words(values - _POINTER, 1)[0] >> 24 & 1:
            return False
        present = self.memory.words(values, shared[0])
        return any(value and ctypes.py_object.from_address(shared[2] + 2 * _POINTER * i).value == name
                   for i, value in enumerate(present))

    # -- local variables

    def _find_code_names(self):
        """Finds co_localsplusnames in a code object; co_localspluskinds follows it."""
        code = _probe_generator.__code__
        words = self.memory.words(id(code), _type_basicsize(_CODE) // _POINTER)
        first = _type_basicsize(tuple) // _POINTER
        names = tuple(map(id, code.co_varnames))
        for i in _range(2, len(words) - 1):
            if words[i] > 1 << 16 and not words[i] & (_POINTER - 1):
                found = self.memory.words(words[i], first + 2)
                if found[1] == id(tuple) and found[2] == 2 and found[first:] == names:
                    if self.memory.words(words[i + 1], 2)[1] == id(bytes):
                        self.code_names = _POINTER * i
                    return

    def _find_locals(self):
        first = ['first']
        generator = _probe_generator(first)
        created = self.memory.read(id(generator), 128)
        second = next(generator)
        suspended = self.memory.read(id(generator), 128)
        if _FRAMES_ARE_OBJECTS:
            holder = generator.gi_frame
            count = sys.getsizeof(holder) // _POINTER
        else:
            holder = generator
            count = sys.getsizeof(generator) // _POINTER - 2
        words = self.memory.words(id(holder), count)
        for i in _range(2, count - 1):
            if words[i] == id(first) and words[i + 1] == id(second):
                if _FRAMES_ARE_OBJECTS:
                    self.frame_locals = _POINTER * i
                else:
                    self.generator_locals = _POINTER * i
                break
        holder = None
        if not _FRAMES_ARE_OBJECTS:
            self._find_running_locals(first, second)
            list(generator)
            finished = self.memory.read(id(generator), 128)
            hits = [i for i in _range(16, 128) if _SIGNED_BYTE.unpack(finished[i:i + 1])[0] == 4
                    and _SIGNED_BYTE.unpack(suspended[i:i + 1])[0] < 0
                    and _SIGNED_BYTE.unpack(created[i:i + 1])[0] < _SIGNED_BYTE.unpack(suspended[i:i + 1])[0]]
            if len(hits) == 1:
                self.generator_state = hits[0]
                self.generator_created = _SIGNED_BYTE.unpack(created[hits[0]:hits[0] + 1])[0]

    def _find_running_locals(self, first, second):
        frame = sys._getframe()
        code = id(frame.f_code)
        words = self.memory.words(id(frame), 8)
        for i in _range(2, 8):
            if words[i] <= 1 << 16 or words[i] & (_POINTER - 1):
                continue
            inner = tuple(word & _ADDRESS for word in self.memory.words(words[i], 24))
            if code in inner[:8]:
                for k in _range(4, 22):
                    if inner[k:k + 3] == (id(self), id(first), id(second)):
                        self.frame_pointer = _POINTER * i
                        self.frame_code = _POINTER * inner.index(code)
                        self.frame_locals = _POINTER * k
        frame = None


    # -- what a suspended generator is inside of

    def _find_blocks(self):
        """Up to 3.10 a frame's variables come after int f_lasti, f_lineno, f_iblock, char f_executing (3.10:
        f_state, 2.7: nothing) and {int type, handler, level} f_blockstack[20] (Include/frameobject.h)."""
        if self.frame_locals is None:
            return
        generator = _probe_guarded()
        next(generator)
        frame = generator.gi_frame
        self.frame_numbers = self.frame_locals - 256
        _, last, state, blocks = self.blocks_of(frame)
        if last * (2 if _VERSION == (3, 10) else 1) != frame.f_lasti or [kind for kind, _ in blocks] != [122] \
                or state != (255 if _VERSION == (3, 10) else 0):
            self.frame_numbers = None
        frame = None

    def blocks_of(self, frame):
        """Up to 3.10. Returns (True if a frame is suspended, f_lasti, f_state, [(type, handler)] of the blocks
        that it is inside of)."""
        data = self.memory.read(id(frame) + self.frame_numbers, 256)
        last, count = _SIGNED_INT.unpack_from(data, 0)[0], _SIGNED_INT.unpack_from(data, 8)[0]
        state = 0 if _PY2 else ord(data[12:13])
        if _VERSION == (3, 10):
            suspended = state == 255        # FRAME_SUSPENDED, -1
        else:       # f_stacktop, which is null while the frame runs
            suspended = self.memory.words(id(frame) + 9 * 8, 1)[0] != 0
        start = 12 if _PY2 else 16
        starts = _range(start, start + 12 * max(0, min(count, 20)), 12)
        return suspended, last, state, [
            (_SIGNED_INT.unpack_from(data, at)[0], _SIGNED_INT.unpack_from(data, at + 4)[0]) for at in starts]

    def _find_zombie(self):
        """Up to 3.10 a code object keeps the frame of its last call for the next one (Objects/frameobject.c)."""
        zombie = _probe_zombie()
        words = self.memory.words(id(_probe_zombie.__code__), _type_basicsize(_CODE) // _POINTER)
        hits = [i for i, word in enumerate(words) if word == zombie]
        if len(hits) == 1:
            self.zombie_frame = _POINTER * hits[0]

    def cache_limit(self, kind):
        """Returns the offset of maxsize in an object of the type of functools.lru_cache's wrappers, or None."""
        size = 0x5eed5eed
        words = self.memory.words(id(kind(len, size, False, tuple)), _type_basicsize(kind) // _POINTER)
        hits = [i for i, word in enumerate(words) if word == size]
        return _POINTER * hits[0] if len(hits) == 1 else None

    def _find_position(self):
        """3.11+: finds prev_instr or instr_ptr in the frame that lies in the generator."""
        if self.generator_locals is None:
            return
        generator = _probe_guarded()
        next(generator)
        code = _probe_guarded.__code__
        start = id(code) + _type_basicsize(_CODE)
        end = start + 2 * self.memory.words(id(code) + 2 * _POINTER, 1)[0]
        words = self.memory.words(id(generator), self.generator_locals // _POINTER)
        hits = [i for i in _range(2, len(words)) if start < words[i] < end]
        if len(hits) != 1:
            return
        self.generator_position = _POINTER * hits[0]
        # In 3.14 the stack's end follows; here the stack is empty, and there are no variables.
        after = words[hits[0] + 1:hits[0] + 2]
        self.generator_stack = _TAGGED and after == (id(generator) + self.generator_locals,)
        target = _handler_of(code.co_exceptiontable, self.position_of(generator, code))
        if target is not None:
            self.push_exc_info = self.opcode_at(code, target)

    def knows_borrowed(self):
        """3.14+: returns True if borrowed references can be told."""
        return self.generator_stack and self.frame_locals is not None and self.generator_state is not None

    def position_of(self, generator, code):
        """3.11+: returns the index of the instruction in which a generator is suspended, in code units."""
        address = self.memory.words(id(generator) + self.generator_position, 1)[0]
        # prev_instr up to 3.12; from 3.13 on instr_ptr, which is one further
        return (address - id(code) - _type_basicsize(_CODE)) // 2 - (1 if _VERSION >= (3, 13) else 0)

    def opcode_at(self, code, unit):
        """3.11+: returns the opcode at an index, as it is in memory: instrumented, maybe."""
        return ord(self.memory.read(id(code) + _type_basicsize(_CODE) + 2 * unit, 1))

    def asynchronous_finalizer(self, generator):
        """Returns True if an asynchronous generator will hand itself to a hook of the program when it dies
        (ag_finalizer, ag_closed), None where that can't be read."""
        if _FRAMES_ARE_OBJECTS:     # PyObject *ag_finalizer; int ag_hooks_inited, ag_closed behind a generator
            where = _type_basicsize(_GENERATORS[0])
            closed = self.memory.read(id(generator) + where + 12, 4) != b'\0\0\0\0'
        else:       # *ag_origin_or_finalizer; char ag_hooks_inited, ag_closed, ag_running_async, ag_frame_state
            where = self.generator_state - 3 - _POINTER
            closed = self.memory.read(id(generator) + self.generator_state - 2, 1) != b'\0'
        finalizer = self.memory.words(id(generator) + where, 1)[0]
        if not finalizer:
            return False
        return not closed if finalizer in _map(id, gc.get_referents(generator)) else None


def _handler_of(table, unit):
    """3.11+: returns the index of the handler of an exception in the instruction at an index (both in code
    units), None if there is none.

    An entry of co_exceptiontable: start, length, target, depth; numbers of 6 bits a byte, the highest first,
    bit 6 in all but the last (Objects/exception_handling_notes.txt)."""
    numbers, number, found = [], 0, None
    for byte in bytearray(table):
        number = number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number)
            number = 0
    for i in _range(0, len(numbers) - 3, 4):
        if numbers[i] <= unit < numbers[i] + numbers[i + 1]:
            found = numbers[i + 2]
    return found


def _class_dict(kind):
    """Returns the dict of a type, not a proxy of it."""
    proxy = _type_dict(kind)
    referents = gc.get_referents(proxy)
    return referents[0] if referents and type(referents[0]) is dict else None


_probe_exception = _make_probe_exception()
_probe_function.__kwdefaults__ = {'ouroboros': 1}
_probe_method = [].append
_probe_reference = __import__('_weakref').ref(_probe, _probe_callback)
if _PY2:
    class _OldProbe:
        """An old-style class."""
    _old_probe = _OldProbe()


# ------------------------------------------------------------------------- pymalloc, the allocator of small blocks

# (bytes of a pool, bytes of an arena), those that are usual in this version first (Objects/obmalloc.c, from 3.12 on
# Include/internal/pycore_obmalloc.h)
_POOL_SIZES = ((1 << 12, 1 << 18), (1 << 14, 1 << 20))
if _VERSION >= (3, 10) and _POINTER == 8:
    _POOL_SIZES = _POOL_SIZES[::-1]
_POOL_HEADER = 48 if _POINTER == 8 else 32
_ARENA_OBJECT = 48
_ALIGNMENTS = (16, 8) if _POINTER == 8 else (8,)
_MOST_DATA = 8 << 20        # bytes of the interpreter's data that are searched
_MOST_ARENAS = 1 << 22
# problem or none, bytes of a pool, of an arena, alignment, number of arenas, of pools; what _read_pools returns
_POOLS_READ = struct.Struct('<6Q')
_pread = None
if _libc is not None:
    try:
        _pread = _libc['pread']
        _pread.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64
        _pread.restype = ctypes.c_ssize_t
    except AttributeError:
        pass
# 3.8+: tells the name of the allocator
_current_allocator = None
if ctypes is not None and _VERSION >= (3, 8):
    try:
        _current_allocator = ctypes.pythonapi['_PyMem_GetCurrentAllocatorName']
        _current_allocator.restype = ctypes.c_char_p
    except AttributeError:
        pass
# objects in small blocks, whose pools are known hence
_pool_probe = object()
_POOL_PROBES = (_pool_probe, _probe, _slot_probe, _probe_function, _scan, _probe_names)


class _NoPools(Exception):
    """The pools were not read; the message says why."""


class _PoolsChanged(Exception):
    """The allocator's records did not agree with its pools; they may at the next try."""


def _read_pools():
    """Reads the state of all pools. Returns bytes: `_POOLS_READ` and the columns, or the reason why not.

    To be called before anything else of a capture, since the capture's own memory comes from the same pools. What
    it returns is no container, for the collector would list that."""
    if not _LINUX or _POINTER != 8 or _pread is None:
        return _no_pools('the allocator is read from /proc/self/mem, which only Linux has, by means of ctypes; capture '
                         'there to see its pools')
    reader = None
    try:
        reader = _PoolReader()
        return reader.read()
    except _NoPools as error:
        return _no_pools(str(error))
    except EnvironmentError as error:
        return _no_pools('the allocator was not read, since /proc/self can not be read here: %s' % error.strerror)
    except Exception:
        return _no_pools('the allocator was not read, and all else is in the snapshot: %s' % _describe_failure())
    finally:
        if reader is not None:
            reader.close()


def _no_pools(reason):
    """Returns what `_read_pools` does where there are none."""
    text = reason.decode('utf-8', 'replace') if type(reason) is bytes else reason
    return _POOLS_READ.pack(1, 0, 0, 0, 0, 0) + text.encode('ascii', 'replace')


class _PoolReader(object):
    """Finds and reads the records of pymalloc: `arenas`, an array of struct arena_object, and the struct
    pool_header at the start of each pool (both are of 48 bytes; Objects/obmalloc.c).

    Everything is read through the kernel and proven before it is believed. The pools of an arena are read in one
    go, and columns are slices of that, so that next to nothing is allocated meanwhile; the GIL is kept."""

    TRIES = 8

    def __init__(self):
        self.descriptor = os.open('/proc/self/mem', os.O_RDONLY)
        self.pool_bytes = self.arena_bytes = self.alignment = 0
        self.probes = ()            # [(address of a pool in use, its arenaindex)]

    def close(self):
        os.close(self.descriptor)

    def fill(self, buffer, address):
        """Fills an array with what is at an address. Raises _NoPools where nothing is mapped."""
        where, count = buffer.buffer_info()
        if _pread(self.descriptor, where, count * buffer.itemsize, address) != count * buffer.itemsize:
            raise _NoPools("the allocator's records lead to 0x%x, where no memory is mapped" % address)

    def read(self):
        """Returns `_POOLS_READ` and the columns. Raises _NoPools."""
        self._calibrate()
        held = []
        for _ in _range(self.TRIES):
            base, places = self._find_arenas()
            try:
                return self._read_arenas(base, places)
            except _PoolsChanged:
                # Reading took and gave back a pool, for all of some class were full. With blocks of each class more
                # in use it will be another one, or none.
                held += [bytes(bytearray(size)) for size in _range(8, 480, 16)]
        raise _NoPools("the allocator's records do not agree with its pools; please report it, with what sys.version "
                       "says")

    # -- what a pool looks like

    def _calibrate(self):
        """Learns the sizes of pools and arenas and the alignment from the pools of our own objects."""
        header = array('I', [0]) * (_POOL_HEADER // 4)
        for self.pool_bytes, self.arena_bytes in _POOL_SIZES:
            for self.alignment in _ALIGNMENTS:
                self.probes = []
                for item in _POOL_PROBES:
                    pool = id(item) & ~(self.pool_bytes - 1)
                    try:
                        self.fill(header, pool)
                    except _NoPools:
                        break
                    if not self._is_pool(header):
                        break
                    self.probes.append((pool, header[8]))
                else:
                    return
        raise _NoPools('small blocks do not come from pymalloc here, so there are no pools and arenas')

    def _is_pool(self, header):
        """True if 12 numbers of 32 bits are the header of a pool in use: maxnextoffset is where its last block may
        start."""
        size = (header[9] + 1) * self.alignment
        return (header[9] < 512 // self.alignment and header[11] == self.pool_bytes - size
                and 0 < header[0] <= (self.pool_bytes - _POOL_HEADER) // size
                and header[10] <= self.pool_bytes)

    # -- where the records are

    def _find_arenas(self):
        """Returns (address of the array, addresses of the pointers to it). Such a pointer lies in the writable data
        of the interpreter, and what it points to says of each known pool in which arena that is."""
        (start, end), heap = self._mappings()
        words = array(_U64, [0]) * ((end - start) // 8)
        self.fill(words, start)
        entry = array(_U64, [0]) * 6
        # The C library's heap is the likely place of the array; only a large one is elsewhere.
        base = next((word for word in self._pointers_into(heap, words) if self._leads_to_arenas(word, entry)), 0)
        if not base:
            base = next((word for word in words if not word & 7 and 65536 < word < 1 << 47
                         and not start <= word < end and self._leads_to_arenas(word, entry)), 0)
        if not base:
            raise _NoPools("the allocator's arenas were not found in the interpreter's data; please report it, with "
                           "what sys.version says")
        return base, [start + 8 * i for i in self._found(_array_bytes(words), _WORD.pack(base), 0)]

    def _pointers_into(self, mapping, words):
        """Yields the words that point into a mapping."""
        low, high = mapping
        text = _array_bytes(words)
        for upper in _range(low >> 24, min((high + 0xffffff) >> 24, (low >> 24) + 256)):
            for i in self._found(text, _WORD.pack(upper)[:5], 3):
                yield words[i]

    @staticmethod
    def _found(text, pattern, offset):
        """Yields the indexes of the words in which a pattern begins at an offset."""
        at = text.find(pattern)
        while at >= 0:
            if at % 8 == offset:
                yield at // 8
            at = text.find(pattern, at + 1)

    def _mappings(self):
        """Returns ((start, end) of the interpreter's writable data with what follows it, (start, end) of the C
        library's heap)."""
        text = _read_whole('/proc/self/maps')
        inside = id(type)           # a static type
        data = heap = (0, 0)
        at = 0
        while at < len(text):
            end = text.find(b'\n', at)
            fields = text[at:end].split(None, 5)
            at = end + 1
            first, _, last = fields[0].partition(b'-')
            first, last = int(first, 16), int(last, 16)
            if first <= inside < last:
                data = first, last
            elif first == data[1] and len(fields) < 6 and fields[1][:2] == b'rw':
                data = data[0], min(last, first + _MOST_DATA)       # .bss
            elif fields[-1] == b'[heap]':
                heap = first, last
        if data == (0, 0):
            raise _NoPools("the interpreter's data is on no line of /proc/self/maps")
        return data, heap

    def _leads_to_arenas(self, base, entry):
        """True if at `base` there is the array with the arenas of all known pools."""
        for pool, index in self.probes:
            try:
                self.fill(entry, base + _ARENA_OBJECT * index)
            except _NoPools:
                return False
            if not entry[0] <= pool < entry[0] + self.arena_bytes or not self._is_arena(entry):
                return False
        return True

    def _is_arena(self, entry):
        """True if 6 words can be a struct arena_object in use."""
        address, top, numbers = entry[0], entry[1], entry[2]
        first = address + -address % self.pool_bytes
        total = (self.arena_bytes - (first - address)) // self.pool_bytes
        return (numbers >> 32 == total and numbers & 0xffffffff <= total and (top - first) % self.pool_bytes == 0
                and first <= top <= first + total * self.pool_bytes)

    def _entries(self, base):
        """Returns the words of the whole array `arenas`. It has 16 entries or twice as many as before; those that
        are in no use have no address and form one list, linked by nextarena (new_arena)."""
        best, count, proven = None, 16, 0
        while count <= _MOST_ARENAS:
            words = array(_U64, [0]) * (6 * count)
            try:
                self.fill(words, base)
            except _NoPools:
                break
            if not all(self._is_arena(words[at:at + 6]) for at in _range(6 * proven, 6 * count, 6) if words[at]):
                break
            if self._is_whole(words, base):
                best = words
            proven, count = count, 2 * count
        if best is None:
            raise _PoolsChanged()
        return best

    @staticmethod
    def _is_whole(words, base):
        """True if the entries of an array that are in no use are one list."""
        unused = set(base + 8 * at for at in _range(0, len(words), 6) if not words[at])
        links = set(words[(address - base) // 8 + 4] for address in unused)
        return len(links) == len(unused) and links <= unused | set([0])

    # -- the pools

    def _read_arenas(self, base, places):
        """Returns what `read` does. Raises _PoolsChanged, _NoPools."""
        pool_bytes, step = self.pool_bytes, self.pool_bytes // 4
        entries = self._entries(base)
        addresses = array(_U64, sorted(filter(None, entries[0::6])))
        # All that is needed is made before the records are read, so that reading does not change them.
        counts, frees, untouched = (array('I', [0]) * len(addresses) for _ in _range(3))
        used, sizes, limits = (array('I', [0]) * (len(addresses) * (self.arena_bytes // pool_bytes)) for _ in _range(3))
        whole = array('I', [0]) * (self.arena_bytes // 4)
        short = array('I', [0]) * ((self.arena_bytes - pool_bytes) // 4)
        zeros = array('I', [0]) * (self.arena_bytes // pool_bytes)
        again, pointer = array(_U64, [0]) * len(entries), array(_U64, [0])
        at = 0
        self.fill(entries, base)
        for row, address in enumerate(addresses):
            first = address + -address % pool_bytes
            buffer = whole if first == address else short
            self.fill(buffer, first)
            index = buffer[8]       # arenaindex, of the first pool as of all
            if 6 * index >= len(entries) or entries[6 * index] != address:
                raise _PoolsChanged()
            total = len(buffer) // step
            carved = (entries[6 * index + 1] - first) // pool_bytes
            counts[row], frees[row], untouched[row] = total, entries[6 * index + 2] & 0xffffffff, total - carved
            used[at:at + total] = buffer[0::step]
            used[at + carved:at + total] = zeros[carved:total]
            sizes[at:at + total] = buffer[9::step]
            limits[at:at + total] = buffer[11::step]
            if used[at:at + total].count(0) != frees[row] or buffer[8::step][:carved].count(index) != carved:
                raise _PoolsChanged()
            at += total
        self.fill(again, base)
        for place in places:        # the array moves when it grows
            self.fill(pointer, place)
            if pointer[0] != base:
                raise _PoolsChanged()
        if any(again[word::6] != entries[word::6] for word in (0, 1, 2)):
            raise _PoolsChanged()
        del used[at:], sizes[at:], limits[at:]
        self._check_pools(used, sizes, limits)
        kinds = bytearray(_map(mul, _map(add, sizes, repeat(1)), _map(bool, used)))
        return b''.join([_POOLS_READ.pack(0, pool_bytes, self.arena_bytes, self.alignment, len(addresses), len(used))]
                        + [_array_bytes(column) for column in (addresses, counts, frees, untouched, used)]
                        + [bytes(kinds)])

    def _check_pools(self, used, sizes, limits):
        """Raises _PoolsChanged if a pool in use has no such header as `_is_pool` wants."""
        for size_class, limit in set(compress(_zip(sizes, limits), used)):
            if size_class >= 512 // self.alignment or limit != self.pool_bytes - (size_class + 1) * self.alignment:
                raise _PoolsChanged()
        for size_class, count in set(compress(_zip(sizes, used), used)):
            if count * (size_class + 1) * self.alignment > self.pool_bytes - _POOL_HEADER:
                raise _PoolsChanged()


def _read_whole(path):
    """Returns the bytes of a file of /proc, which comes in pieces."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        pieces = []
        while not pieces or pieces[-1]:
            pieces.append(os.read(descriptor, 1 << 16))
        return b''.join(pieces)
    finally:
        os.close(descriptor)


def _is_debugging(memory):
    """True if the debug hooks put bytes around each block: its size, the domain, and 7 times 0xFD, before 3.8 0xFB
    (Objects/obmalloc.c: _PyMem_DebugRawAlloc)."""
    before = memory.read(id(_pool_probe) - 16, 16)
    size = struct.Struct('>Q').unpack_from(before)[0]
    return size == object.__basicsize__ and before[8:] in (b'o' + b'\xfd' * 7, b'o' + b'\xfb' * 7)


def _allocator_of(memory):
    """Returns (where small blocks come from, True for debug hooks) if no pools were found: 'malloc', 'mimalloc',
    'pymalloc' or 'unknown', by what the interpreter says of itself, or by the size that the C library keeps before each
    of its blocks."""
    name = None if _current_allocator is None else _current_allocator()
    if name is not None:
        name, _, debug = name.decode('ascii', 'replace').partition('_')
        return name if name in ('malloc', 'mimalloc', 'pymalloc') else 'unknown', debug == 'debug'
    if memory is None or _POINTER != 8:
        return 'unknown', False
    # glibc, malloc/malloc.c: the size of a chunk, with 8 bytes for itself, a multiple of 16 and at least 32; 16 bytes
    # that would be left of a free chunk stay with it. The lowest bit of the next size says that this chunk is in use.
    debug = _is_debugging(memory)
    chunk = id(_pool_probe) - (24 if debug else 8)
    size = memory.words(chunk, 1)[0] & ~7
    smallest = [max(32, (object.__basicsize__ + more + 8 + 15) & ~15) for more in ((24, 32) if debug else (0,))]
    is_chunk = size in [least + left for least in smallest for left in (0, 16)] and memory.words(chunk + size, 1)[0] & 1
    return 'malloc' if is_chunk else 'unknown', debug


# ------------------------------------------------------------------------------------------------- tables

def _unknown(candidates, known):
    """Returns those of `candidates` (address -> object) whose address is not in the set `known`."""
    fresh = set(candidates)
    fresh -= known
    if len(fresh) < len(candidates):
        return dict((address, candidates[address]) for address in candidates if address in fresh)
    return candidates


def _cpu_seconds():
    """Returns the CPU time used by this process."""
    return sum(os.times()[:2])


class _Tables(object):
    """Turns what `_scan` found into the columns of the file. All of it happens after the counts were read."""

    def __init__(self, scan, redact, pools):
        (self.objects, self.tracked, self.segments, self.edges, self.marker, self.readings, self.bias,
         self.own, self.known) = scan
        self.redact = redact
        self.pools = pools          # what _read_pools returned
        self.counted = len(self.objects)
        self.frozen = gc.get_freeze_count() if hasattr(gc, 'get_freeze_count') else 0
        self.columns = []           # [(member name, array)]
        self.names = {}             # address -> str object: every name used as a string id
        self.groups = {}            # id(type) -> its objects, in row order
        self.types = {}             # id(type) -> type
        self.type_ids = []          # id(type) of each type, in the order of meta.types
        self.type_index = {}        # id(type) -> index in that
        self.type_column = array('I')
        self.owned = (array(_U64), array(_U64), array(_U64))
        self.item_owner = array(_U64)
        self.item_length = array('I')
        self.item_kind = array('B')
        self.item_key = array(_U64)
        self.item_value = array(_U64)
        self.value_blocks = []      # [(instances, addresses of their inline values in blocks of their own)]
        self.zombie_blocks = (), ()     # codes, addresses of the frames that they keep
        self.phases = []
        try:
            self.memory = _Memory() if _LINUX else _LinearMemory() if _WASM else None
        except (OSError, ImportError, AttributeError):
            self.memory = None
        self.layout = _Layout(self.memory) if self.memory is not None else None
        if _TAGGED and not (self.layout is not None and self.layout.knows_borrowed()):
            raise UnsupportedInterpreter(
                'generators are laid out in an unknown way here, so that borrowed references cannot be told; '
                'please report it, with what sys.version says')

    def build(self):
        """Fills `columns`; the order matters."""
        for step in (self._threads, self._complete, self._nodes, self._fields, self._inline_values,
                     self._locals, self._codes, self._thread_columns, self._weakrefs, self._marks,
                     self._suspensions, self._futures, self._limits, self._zombies, self._equals,
                     self._sites, self._numbers, self._strings, self._allocator, self._finish):
            started = _cpu_seconds()
            step()
            self.phases.append((step.__name__, _cpu_seconds() - started))

    def close(self):
        """Lets go of every object."""
        if self.memory is not None:
            self.memory.close()
        self.__dict__.clear()

    def _name(self, text):
        """Returns the string id of a str object that is a name."""
        self.names[id(text)] = text
        return id(text)

    # -- which nodes there are

    def _complete(self):
        """Adds what is reachable by other ways than tp_traverse: keys, code's constants, static types'
        dicts."""
        objects = self.objects
        self.ids = ids = _addresses(objects)
        # Every tracked object is a node already unless some are frozen, so mostly untracked ones can be new.
        all_listed = not self.frozen
        known = self.known
        known.update(ids if not all_listed else ids[:self.tracked])
        ids = None
        frontier = objects
        found = self.seeds
        while True:
            self._group(frontier)
            groups = self._new_groups
            dicts = list(chain.from_iterable(
                groups[kind] for kind in groups if _type_flags(self.types[kind]) & _FLAG_DICT))
            self._dict_entries(dicts, found)
            self._code_parts(groups.get(id(_CODE), ()), found)
            for kind in list(groups):
                if _type_flags(self.types[kind]) & _FLAG_TYPE:
                    self._static_types(groups[kind], found)
                # A frozen weak reference is on no list, and frozen garbage may be all that holds it.
                if self.frozen and _type_weakrefoffset(self.types[kind]):
                    for item in compress(groups[kind], _map(getweakrefcount, groups[kind])):
                        found.update((id(reference), reference) for reference in getweakrefs(item))
            frontier = self._close_over(found, known, all_listed)
            if not frontier:
                break
            found = {}

    def _close_over(self, found, known, all_listed):
        """Makes nodes of the unknown ones among `found` and of all that they refer to. Returns them."""
        added = []
        while found:
            if all_listed:
                found = dict((i, o) for i, o in found.items() if not gc.is_tracked(o))
            found = _unknown(found, known)
            if not found:
                break
            batch = list(found.values())
            known.update(found)
            self.ids.extend(found)
            added.extend(batch)
            found = {}
            for start in _range(0, len(batch), 1 << 14):
                part = batch[start:start + (1 << 14)]
                # The marker's own object is gone; its address only has to be no node's, and it is not.
                for item in part:
                    referents = gc.get_referents(item)
                    self.edges.extend(_map(id, referents))
                    self.edges.append(self.marker)
                    found.update(_zip(_map(id, referents), referents))
        self.objects.extend(added)
        return added

    def _group(self, objects):
        """Sorts objects by type into `groups` and, of these alone, into `_new_groups`."""
        kinds = list(_map(type, objects))
        kind_ids = list(_addresses(kinds))
        types = dict(_zip(kind_ids, kinds))
        kinds = None
        new = dict((address, []) for address in types)
        any(_map(list.append, _map(new.__getitem__, kind_ids), objects))
        for address in types:
            if address not in self.type_index:
                self.type_index[address] = len(self.type_ids)
                self.type_ids.append(address)
        self.type_column.extend(_map(self.type_index.__getitem__, kind_ids))
        for address, group in new.items():
            if address in self.groups:
                self.groups[address].extend(group)
            else:
                self.groups[address] = list(group) if objects is not self.objects else group
        self.types.update(types)
        self._new_groups = new

    def _dict_entries(self, dicts, found):
        """Records the entries of dicts (rows of kind 0) and collects their keys."""
        if not dicts:
            return
        values_of = dict.itervalues if _PY2 else dict.values
        lengths = array('I', _map(dict.__len__, dicts))
        keys = list(chain.from_iterable(_map(dict.__iter__, dicts)))
        key_ids = _addresses(keys)
        if not _PY2:
            found.update(_zip(key_ids, keys))       # in 2.7 keys are always traversed
        self.item_owner.extend(_addresses(dicts))
        self.item_length.extend(lengths)
        self.item_kind.extend(array('B', b'\0') * len(dicts))
        self.item_key.extend(key_ids)
        self.item_value.extend(_addresses(list(chain.from_iterable(_map(values_of, dicts)))))

    _CODE_PARTS = [name for name in ('co_code', 'co_consts', 'co_names', 'co_varnames', 'co_freevars',
                                     'co_cellvars', 'co_filename', 'co_name', 'co_qualname', 'co_lnotab',
                                     'co_linetable', 'co_exceptiontable')
                   if type(_CODE.__dict__.get(name)) is _MEMBER]

    def _code_parts(self, codes, found):
        """Records what code objects own; only true members, for the other getters make new objects."""
        if not codes:
            return
        code_ids = _addresses(codes)
        sources = [(name, _CODE.__dict__[name].__get__) for name in self._CODE_PARTS]
        if self.layout is not None and self.layout.code_names and ctypes is not None:
            sources += [('co_localsplusnames', self._code_names_of), ('co_localspluskinds', self._code_kinds_of)]
        for name, get in sources:
            parts = list(_map(get, codes))
            part_ids = _addresses(parts)
            found.update(_zip(part_ids, parts))
            self.owned[0].extend(code_ids)
            self.owned[1].extend(part_ids)
            self.owned[2].extend(array(_U64, [self._name(name)]) * len(codes))

    def _code_names_of(self, code):
        return ctypes.py_object.from_address(id(code) + self.layout.code_names).value

    def _code_kinds_of(self, code):
        return ctypes.py_object.from_address(id(code) + self.layout.code_names + _POINTER).value

    def _subclass_tables(self):
        """Records tp_subclasses, which follows tp_mro and tp_cache in PyTypeObject and is not traversed."""
        fields = self.layout.fields.get(id(type), ()) if self.layout is not None else ()
        offsets = dict((name, offset) for offset, name in fields)
        if '__bases__' not in offsets:
            return
        name = self._name('__subclasses__')
        dicts = set(_map(id, self.groups.get(id(dict), ())))
        for address in self.type_ids:
            if _type_flags(self.types[address]) & _FLAG_TYPE:
                kinds = array(_U64, _map(id, self.groups[address]))
                for owner, table in _zip(kinds, self.memory.records(kinds, offsets['__bases__'] + 3 * _POINTER, 1)):
                    if table in dicts:
                        self.owned[0].append(owner)
                        self.owned[1].append(table)
                        self.owned[2].append(name)

    def _static_types(self, types, found):
        """Records what static types own: tp_traverse is not called for them."""
        for kind in types:
            # 2.7 has static types that were never made ready: no dict, no bases
            if not _type_flags(kind) & _FLAG_HEAPTYPE and _type_mro(kind) is not None:
                for name, part in (('__dict__', _class_dict(kind)), ('__mro__', _type_mro(kind)),
                                   ('__bases__', _type_bases(kind))):
                    if part is not None:
                        found[id(part)] = part
                        self.owned[0].append(id(kind))
                        self.owned[1].append(id(part))
                        self.owned[2].append(self._name(name))

    # -- nodes

    def _nodes(self):
        """Type and size of each node, the table of types."""
        rows, odd = [], {}
        for address in self.type_ids:
            kind = self.types[address]
            rows.append(self._type_row(kind))
            sizer = _python_sizeof(kind)
            if sizer is not None:
                odd[address] = sizer
        for address in self.type_ids:
            if _type_flags(self.types[address]) & _FLAG_TYPE:
                rows.extend(self._type_row(kind) for kind in self.groups[address] if id(kind) not in self.type_index)
        self.type_rows = rows
        self.finalizer_bits = dict((row[0], row[4]) for row in rows)
        self._subclass_tables()
        if not odd:
            self.sizes = array(_U64, _map(sys.getsizeof, self.objects, repeat(0)))
        else:
            sizers = [odd.get(address, sys.getsizeof) for address in self.type_ids]
            self.sizes = array(_U64, (sizer(item) for sizer, item in
                                      _zip(_map(sizers.__getitem__, self.type_column), self.objects)))

    def _type_row(self, kind):
        """Returns what meta.json says of a type."""
        return [id(kind), _type_module_text(kind), _plain_text(_type_qualname(kind), NAME_LIMIT), _type_flags(kind),
                self._finalizer_slots(id(kind)), _type_basicsize(kind), _type_itemsize(kind)]

    def _finalizer_slots(self, address):
        """Bit 0: tp_finalize, bit 1: tp_del, bit 2: tp_clear. Words 49, 47 and 24 of PyTypeObject since 3.4
        and 2.7."""
        if self.memory is None:
            return 0
        words = self.memory.words(address, 50)
        return (1 if not _PY2 and words[49] else 0) | (2 if words[47] else 0) | (4 if words[24] else 0)

    # -- labels

    def _fields(self):
        """Labels of what lies at fixed offsets in instances: slots, members, and a few getters' fields."""
        if self.layout is None or self.layout.member_offset is None:
            return
        for address in self.type_ids:
            fields = self._fields_of(self.types[address])
            if fields:
                self._read_fields(self.groups[address], fields)

    def _fields_of(self, kind):
        """Returns [(offset, name)] of the objects that an instance of `kind` holds in its structure."""
        fields = {}
        for base in _type_mro(kind) or ():
            if type(base) is not type and not _type_flags(type(base)) & _FLAG_TYPE:
                continue                    # an old-style class
            for offset, name in self.layout.fields.get(id(base), ()):
                fields[offset] = name
            for descriptor in dict.values(_class_dict(base) or {}):
                if type(descriptor) is _MEMBER:
                    offset = self.layout.member(descriptor)
                    if offset is not None:
                        name = descriptor.__name__
                        if offset not in fields or name[:2] == '__':
                            fields[offset] = name
        flags = _type_flags(kind)
        if _MANAGED and flags & _FLAG_MANAGED_DICT:
            fields[-3 * _POINTER] = '__dict__'
        elif not flags & _FLAG_TYPE and 0 < _type_dictoffset(kind) < 4000 and kind is not _MODULE:
            fields.setdefault(_type_dictoffset(kind), '__dict__')
        return sorted(fields.items())

    def _read_fields(self, objects, fields):
        """Reads the words at the given offsets of all objects of a type, and labels those that are nodes."""
        first = fields[0][0]
        width = (fields[-1][0] - first) // _POINTER + 1
        ids = _addresses(objects)
        words = self.memory.records(ids, first, width)
        self._label(ids, [(self._name(name), words[(offset - first) // _POINTER::width]) for offset, name in fields])

    def _label(self, owners, columns):
        """Adds rows of kind 1 from [(string id of a name, for each owner a word)]; words that are no nodes
        are left out. Names that each owner has share a row, each other name has rows of its own."""
        known = self.known
        dense = []
        for name, column in columns:
            # the same for all, often nothing
            if _array_bytes(column) == _array_bytes(column[:1]) * len(column):
                if column[0] in known:
                    dense.append((name, column))
                continue
            if known.issuperset(column):
                dense.append((name, column))
                continue
            good = bytearray(_map(known.__contains__, column))
            values = array(_U64, compress(column, good))
            if values:
                self._add_rows(array(_U64, compress(owners, good)), [(name, values)])
        if dense:
            self._add_rows(owners, dense)

    def _add_rows(self, owners, columns):
        """Adds a row of kind 1 for each owner with a word of each column."""
        width, length = len(columns), len(owners)
        values = array(_U64, [0]) * (width * length)
        for i, (_, column) in enumerate(columns):
            values[i::width] = column
        self.item_owner.extend(owners)
        self.item_length.extend(array('I', [width]) * length)
        self.item_kind.extend(array('B', b'\1') * length)
        self.item_key.extend(array(_U64, [name for name, _ in columns]) * length)
        self.item_value.extend(values)

    def _inline_values(self):
        """3.11+: attributes of instances that keep them inline, and those values' bytes."""
        if self.layout is None or not self.layout.inline:
            return
        needed = _FLAG_MANAGED_DICT | (_FLAG_INLINE_VALUES if _VERSION >= (3, 13) else 0)
        managed = bytearray(_type_flags(self.types[address]) & needed == needed for address in self.type_ids)
        if not any(managed):
            return
        selected = bytearray(_map(managed.__getitem__, self.type_column))
        rows = array('I', compress(_range(len(self.objects)), selected))
        kinds = array('I', _map(self.type_column.__getitem__, rows))
        rows_of = dict((kind, []) for kind in set(kinds))
        any(_map(list.append, _map(rows_of.__getitem__, kinds), rows))
        for kind in sorted(rows_of):
            self._inline_of_type(self.types[self.type_ids[kind]], rows_of[kind])

    def _inline_of_type(self, kind, rows):
        """One type's instances."""
        shared = self.layout.shared_keys(kind)
        if shared is None:
            return
        count, capacity, entries = shared
        ids = array(_U64, _map(self.ids.__getitem__, rows))
        if _VERSION >= (3, 13):
            # After the instance: struct _dictvalues {uint8_t capacity, size, embedded, valid; PyObject
            # *values[]}
            basic = _type_basicsize(kind)
            heads = self.memory.records(ids, basic, 1)
            valid = bytearray(head >> 24 & 1 for head in heads)
            more = dict((head, ((head & 0xff) + 1 + ((head & 0xff) + _POINTER - 1) // _POINTER) * _POINTER)
                        for head in set(heads))
            words = self.memory.records(ids, basic + _POINTER, count) if count else array(_U64)
            dicts = self.memory.records(ids, -3 * _POINTER, 1)
            name = self._name('__dict__')
            for owner, value, inline in _zip(ids, dicts, valid):
                if value and inline and value in self.known:    # a dict made of inline values: not traversed
                    self.owned[0].append(owner)
                    self.owned[1].append(value)
                    self.owned[2].append(name)
            owners = array(_U64, compress(ids, valid))
            columns = [array(_U64, compress(words[i::count], valid)) for i in _range(count)]
        else:
            if _VERSION == (3, 11):
                pointers = self.memory.records(ids, -32, 1)
            else:
                pointers = array(_U64, (word + 1 if word & 1 else 0
                                        for word in self.memory.records(ids, -24, 1)))
            owners = array(_U64, compress(ids, pointers))
            rows = list(compress(rows, pointers))
            pointers = array(_U64, filter(None, pointers))
            self.value_blocks.append((owners, pointers))
            # the byte before the values is the size of what comes before them
            words = self.memory.records(pointers, -8, 1 + count)
            heads = words[0::1 + count]
            more = dict((head, (head >> 56) + 8 * max(capacity, (head >> 56) - 9)) for head in set(heads))
            columns = [words[1 + i::1 + count] for i in _range(count)]
        size = self.sizes
        for row, bytes_more in _zip(rows, _map(more.__getitem__, heads)):
            size[row] += bytes_more
        if owners:
            self._label(owners, [(self._name(ctypes.py_object.from_address(entries + 2 * _POINTER * i).value), column)
                                 for i, column in enumerate(columns)])

    # -- threads, frames, local variables

    def _threads(self):
        """Looks at the stacks of all threads; what only a running frame refers to becomes a node
        (`seeds`)."""
        self.seeds = {}
        self.threads = []
        self.stacks = []            # [(thread index, frame, code, line, [(name, value)])]
        names = _thread_names()
        frames = sys._current_frames()
        here = get_ident()
        mine = globals()
        for ident in sorted(frames, key=lambda ident: (ident != here, ident)):
            frame = frames[ident]
            self.threads.append([('ident', ident), ('name', '' if self.redact else names.get(ident, '')),
                                 ('current', ident == here)])
            while frame is not None:
                if frame.f_globals is not mine:
                    code = frame.f_code
                    variables = self._variables_of(frame, code)
                    self.stacks.append((len(self.threads) - 1, frame, code, frame.f_lineno or 0, variables))
                    self.seeds[id(code)] = code
                    for _, value in variables:
                        self.seeds[id(value)] = value
                frame = frame.f_back
        frame = frames = None

    def _variable_names(self, code):
        """Returns the names of a code's variables in the order of its frame's slots."""
        if _FRAMES_ARE_OBJECTS:
            return code.co_varnames + code.co_cellvars + code.co_freevars
        if self.layout.code_names and ctypes is not None:
            return self._code_names_of(code)
        return ()

    def _frame_slots(self, frame, code):
        """Returns (names, address of the first variable) of a frame object, () and 0 where that is not
        known."""
        layout = self.layout
        if layout is None or layout.frame_locals is None:
            return (), 0
        if _FRAMES_ARE_OBJECTS:
            return self._variable_names(code), id(frame) + layout.frame_locals
        inner = self.memory.words(id(frame) + layout.frame_pointer, 1)[0]
        if not inner or self.memory.words(inner + layout.frame_code, 1)[0] & _ADDRESS != id(code):
            return (), 0
        return self._variable_names(code), inner + layout.frame_locals

    def _variables_of(self, frame, code):
        """Returns [(name, object)] of a running frame."""
        if ctypes is None:
            return []
        names, start = self._frame_slots(frame, code)
        if not names:
            return []
        words = self.memory.words(start, len(names))
        # a borrowed reference is somebody else's; that of an immortal object is as good as a counted one
        return [(name, _object_at(word & _ADDRESS)) for name, word in _zip(names, words)
                if word & _ADDRESS and (not _is_borrowed(word) or _is_immortal(_object_at(word & _ADDRESS)))]

    def _locals(self):
        """Rows of kind 2: variables of frame objects, generators, coroutines."""
        if self.layout is None or self.layout.frame_locals is None:
            return
        frame_type = type(sys._getframe())
        for frame in self.groups.get(id(frame_type), ()):
            names, start = self._frame_slots(frame, frame.f_code)
            self._variable_row(id(frame), names, start)
        if _FRAMES_ARE_OBJECTS or self.layout.generator_locals is None or self.layout.generator_state is None:
            return
        self._borrowed()
        codes = dict((id(code), code) for code in self.groups.get(id(_CODE), ()))
        before = self.layout.generator_locals + self.layout.frame_code - self.layout.frame_locals
        for kind in _GENERATORS:
            for generator in self.groups.get(id(kind), ()):
                address = id(generator)
                code = codes.get(self.memory.words(address + before, 1)[0] & _ADDRESS)
                if self._generator_state(generator) <= 0 and code is not None:
                    self._variable_row(address, self._variable_names(code),
                                       address + self.layout.generator_locals)

    def _borrowed(self):
        """3.14+: columns of borrowed/. Values on the stack of a generator, suspended or calling something, that
        hold no count, though tp_traverse visits them (Python/gc.c: _PyGC_VisitFrameStack,
        _PyGC_VisitStackRef)."""
        layout = self.layout
        if not layout.generator_stack:
            return
        counts = {}
        for kind in _GENERATORS:
            for generator in self.groups.get(id(kind), ()):
                address = id(generator)
                if not layout.generator_created <= self._generator_state(generator) <= 0:
                    continue
                start = address + layout.generator_locals
                end = self.memory.words(address + layout.generator_position + _POINTER, 1)[0]
                for word in self.memory.words(start, max(0, min(end - start, 1 << 20)) // _POINTER):
                    if _is_borrowed(word) and word & _ADDRESS in self.known \
                            and not _is_immortal(_object_at(word & _ADDRESS)):
                        pair = address, word & _ADDRESS
                        counts[pair] = counts.get(pair, 0) + 1
        rows = sorted(counts)
        self.columns += [('borrowed/from', array(_U64, [source for source, _ in rows])),
                         ('borrowed/to', array(_U64, [target for _, target in rows])),
                         ('borrowed/count', array('I', [counts[row] for row in rows]))]

    def _generator_state(self, generator):
        """Returns gi_frame_state of a generator or coroutine (3.11+): below 0 suspended, 0 running."""
        return _SIGNED_BYTE.unpack(self.memory.read(id(generator) + self.layout.generator_state, 1))[0]

    def _variable_row(self, owner, names, start):
        """Adds one row of kind 2."""
        known = self.known
        words = self.memory.words(start, len(names)) if names else ()
        words = [word & _ADDRESS for word in words]
        entries = [(name, word) for name, word in _zip(names, words) if word in known]
        if entries:
            self.item_owner.append(owner)
            self.item_length.append(len(entries))
            self.item_kind.append(2)
            self.item_key.extend(self._name(name) for name, _ in entries)
            self.item_value.extend(word for _, word in entries)

    def _thread_columns(self):
        """Columns of frames/ and locals/."""
        thread, ids, codes, lines = array('I'), array(_U64), array(_U64), array('I')
        frame_index, names, values = array('I'), array(_U64), array(_U64)
        for index, (which, frame, code, line, variables) in enumerate(self.stacks):
            is_node = id(frame) in self.known
            thread.append(which)
            ids.append(id(frame) if is_node else 0)
            codes.append(id(code))
            lines.append(line)
            if is_node and _FRAMES_ARE_OBJECTS:
                continue                # its variables are edges of that node
            for name, value in variables:
                frame_index.append(index)
                names.append(self._name(name))
                values.append(id(value))
        self.columns += [('frames/thread', thread), ('frames/id', ids), ('frames/code', codes),
                         ('frames/line', lines), ('locals/frame', frame_index), ('locals/name', names),
                         ('locals/value', values)]
        self.stacks = self.seeds = None

    # -- code objects

    def _codes(self):
        """Columns of codes/."""
        codes = self.groups.get(id(_CODE), [])
        file_names = list(_map(_CODE.__dict__['co_filename'].__get__, codes))
        names = list(_map(_CODE.__dict__['co_name'].__get__, codes))
        for text in chain(file_names, names):
            self.names[id(text)] = text
        self.file_names = dict(_zip(_map(id, file_names), file_names))
        qualnames = array(_U64, [0]) * len(codes)
        if 'co_qualname' in _CODE.__dict__:
            texts = list(_map(_CODE.__dict__['co_qualname'].__get__, codes))
            self.names.update(_zip(_map(id, texts), texts))
            qualnames = array(_U64, _map(id, texts))
        counts, free = array('I'), array(_U64)
        for code in codes:
            variables = self._free_variables(code)
            counts.append(len(variables))
            for name in variables:
                free.append(self._name(name))
        self.columns += [('codes/id', _addresses(codes)), ('codes/file', _addresses(file_names)),
                         ('codes/name', _addresses(names)), ('codes/qualname', qualnames),
                         ('codes/line', array('I', [max(0, code.co_firstlineno) for code in codes])),
                         ('codes/freevar_count', counts), ('codes/freevar', free)]

    def _free_variables(self, code):
        """Returns the names of a code's free variables, without making the code object cache anything."""
        if _VERSION < (3, 11):
            return code.co_freevars
        if self.layout is not None and self.layout.code_names and ctypes is not None:
            kinds = self._code_kinds_of(code)
            if not kinds or not kinds[-1] & 0x80:       # CO_FAST_FREE; free variables come last
                return ()
            count = sum(1 for kind in kinds if kind & 0x80)
            return self._code_names_of(code)[-count:]
        return code.co_freevars

    # -- weak references

    def _weakrefs(self):
        """Columns of weakrefs/."""
        referents, references = array(_U64), array(_U64)
        for address in self.type_ids:
            if not _type_weakrefoffset(self.types[address]):
                continue
            group = self.groups[address]
            for item in compress(group, _map(getweakrefcount, group)):
                for reference in getweakrefs(item):
                    if id(reference) in self.known:
                        referents.append(id(item))
                        references.append(id(reference))
        self.columns += [('weakrefs/referent', referents), ('weakrefs/ref', references)]

    # -- marks

    def _marks(self):
        """Columns of marks/."""
        if self.frozen:
            rest = self.objects[self.tracked:self.counted]
            self._mark('frozen', compress(self.ids[self.tracked:self.counted], _map(gc.is_tracked, rest)))
        self._mark_finalized()
        self._mark_generators()
        if _PY2:
            self._mark_legacy()
        self.agent = _agent_objects() & self.known
        self._mark('agent', sorted(self.agent))

    def _mark(self, name, addresses):
        self.columns.append(('marks/' + name, array(_U64, addresses)))

    def _mark_finalized(self):
        """PEP 442 finalizers that have run: gc.is_finalized, before 3.9 the bit in the collector's header."""
        if _VERSION < (3, 4):
            return
        marked = array(_U64)
        for address in self.type_ids:
            if not self.finalizer_bits[address] & 1 or not _type_flags(self.types[address]) & _FLAG_HAVE_GC:
                continue
            group = self.groups[address]
            if hasattr(gc, 'is_finalized'):
                marked.extend(_map(id, compress(group, _map(gc.is_finalized, group))))
            elif self.memory is not None:
                # 3.8: bit 0 of _gc_prev, the last word before the object; up to 3.7: bit 0 of gc_refs, the
                # third of four words (Include/internal/pycore_gc.h, Include/objimpl.h)
                where = -8 if _VERSION >= (3, 8) else -16
                ids = _addresses(group)
                marked.extend(compress(ids, (word & 1 for word in self.memory.records(ids, where, 1))))
        self._mark('finalized', marked)

    def _mark_legacy(self):
        """2.7: what the collector will not free for its finalizer, beside types with tp_del."""
        marked = []
        instance = type(_old_probe)
        for item in self.groups.get(id(instance), ()):
            if _old_class_has_del(instance.__getattribute__(item, '__class__')):
                marked.append(id(item))
        marked.extend(self.guarded or ())       # Objects/genobject.c, PyGen_NeedsFinalizing
        self._mark('legacy', marked)

    def _mark_generators(self):
        """Generators that have not been started, and those that run code when they are closed."""
        items = [(item, prefix) for kind, prefix in _zip(_GENERATORS, _GENERATOR_PREFIXES)
                 for item in self.groups.get(id(kind), ())]
        self.guarded = None
        if _FRAMES_ARE_OBJECTS:
            frames = [(item, _generator_part(item, prefix + '_frame')) for item, prefix in items]
            self._mark('unstarted', [id(item) for item, frame in frames
                                     if frame is not None and frame.f_lasti == -1])
            frames = None
        elif self.layout is not None and self.layout.generator_state:
            created = self.layout.generator_created
            self._mark('unstarted', [id(item) for item, _ in items if self._generator_state(item) == created])
        if self.layout is not None:
            self.guarded = _Closing(self.layout).guarded(items)
        if self.guarded is not None:
            self._mark('guarded', self.guarded)

    # -- what some objects are in besides

    def _suspensions(self):
        """Columns of suspended/: the lines at which generators and coroutines wait."""
        layout = self.layout
        if not _FRAMES_ARE_OBJECTS and (layout is None or not layout.generator_state
                                        or not layout.generator_position):
            return
        ids, lines, known = array(_U64), array('I'), {}
        for kind, prefix in _zip(_GENERATORS, _GENERATOR_PREFIXES):
            for item in self.groups.get(id(kind), ()):
                line = self._line_of(item, prefix, known)
                if line:
                    ids.append(id(item))
                    lines.append(line)
        self.columns += [('suspended/id', ids), ('suspended/line', lines)]

    def _line_of(self, item, prefix, known):
        """Returns the line at which a suspended generator waits, or None. `known`: lines found before."""
        if _FRAMES_ARE_OBJECTS:
            frame = _generator_part(item, prefix + '_frame')
            if frame is None or frame.f_lasti < 0 or _generator_part(item, prefix + '_running'):
                return None
            return frame.f_lineno
        if not self.layout.generator_created < self._generator_state(item) < 0:
            return None
        code = _generator_part(item, prefix + '_code')
        unit = self.layout.position_of(item, code)
        if (id(code), unit) not in known:
            known[id(code), unit] = next(
                (line for start, end, line in code.co_lines() if start <= 2 * unit < end), None)
        return known[id(code), unit]

    def _futures(self):
        """Columns of futures/: states of futures and tasks of asyncio's C implementation."""
        ids, states = array(_U64), array('B')
        future = _of_module('_asyncio', 'Future')
        getter = None if future is None else _type_dict(future).get('_state')
        if type(getter) is _GETSET:
            numbers = {'PENDING': 0, 'CANCELLED': 1, 'FINISHED': 2}
            for address in self.type_ids:
                if _is_subtype(self.types[address], future):
                    group = self.groups[address]
                    ids.extend(_addresses(group))
                    states.extend(_map(numbers.__getitem__, _map(getter.__get__, group)))
        self.columns += [('futures/id', ids), ('futures/state', states)]

    def _limits(self):
        """Columns of limits/: the greatest length of deques, and the greatest size of functools' caches."""
        ids, values = array(_U64), array(_U64)
        deque = _of_module('_collections', 'deque')
        length = None if deque is None else _type_dict(deque).get('maxlen')
        if type(length) is _GETSET:
            for address in self.type_ids:
                if _is_subtype(self.types[address], deque):
                    for item in self.groups[address]:
                        limit = length.__get__(item)
                        if limit is not None:
                            ids.append(id(item))
                            values.append(limit)
        cache = _of_module('_functools', '_lru_cache_wrapper')
        group = () if cache is None else self.groups.get(id(cache), ())
        where = self.layout.cache_limit(cache) if group and self.layout is not None else None
        if where is not None:
            for item in group:
                limit = self.memory.words(id(item) + where, 1)[0]
                if not limit >> 8 * _POINTER - 1:       # below 0: none
                    ids.append(id(item))
                    values.append(limit)
        self.columns += [('limits/id', ids), ('limits/value', values)]

    def _zombies(self):
        """Columns of zombies/: bytes of the frames that code objects keep for the next call (up to 3.10)."""
        if self.layout is None or self.layout.zombie_frame is None:
            return
        codes = self.groups.get(id(_CODE), [])
        frame = type(sys._getframe())
        head = sys.getsizeof([]) - [].__sizeof__()      # the collector's
        ids, sizes, frames = array(_U64), array('I'), array(_U64)
        where = self.memory.records(_addresses(codes), self.layout.zombie_frame, 1)
        for code, zombie in _zip(codes, where):
            if zombie:
                _, kind, size = self.memory.words(zombie, 3)
                if kind == id(frame):
                    ids.append(id(code))
                    # those of the agent may be younger than what _read_pools read
                    frames.append(0 if id(code) in self.agent else zombie)
                    # the first variable is part of the basic size
                    sizes.append(head + _type_basicsize(frame) + (size - 1) * _type_itemsize(frame))
        self.zombie_blocks = ids, frames
        self.columns += [('zombies/id', ids), ('zombies/bytes', sizes)]

    def _equals(self):
        """Columns of equal/: str and bytes objects of which there are several with the same value. Equal ones
        have the same number. Hashes and comparisons are those of the exact types."""
        ids, groups, taken = array(_U64), array('I'), 0
        for kind in set([bytes, str, _text_type]):
            items = self.groups.get(id(kind), [])
            numbers = dict(_zip(dict.fromkeys(items), count(taken)))
            taken += len(numbers)
            column = list(_map(numbers.__getitem__, items))
            ordered = sorted(column)
            several = set(compress(ordered, _map(eq, ordered, islice(ordered, 1, None))))
            kept = bytearray(_map(several.__contains__, column))
            ids.extend(compress(_map(id, items), kept))
            groups.extend(compress(column, kept))
        self.columns += [('equal/id', ids), ('equal/group', groups)]

    def _sites(self):
        """Columns of sites/ and stacks/: where tracemalloc, if it traces, saw objects being allocated."""
        traced = _of_module('_tracemalloc', '_get_object_traceback')
        if traced is None or not sys.modules['_tracemalloc'].is_tracing():
            return
        numbers, ids, stacks = {None: 0}, array(_U64), array('I')
        for start in _range(0, len(self.objects), 1 << 14):
            batch = self.objects[start:start + (1 << 14)]
            found = list(_map(traced, batch))
            for stack in set(found).difference(numbers):
                numbers[stack] = len(numbers)
            column = array('I', _map(numbers.__getitem__, found))
            ids.extend(compress(_map(id, batch), column))
            stacks.extend(filter(None, column))
        lengths, files, lines = array('I'), array(_U64), array('I')
        for stack in sorted(numbers, key=numbers.__getitem__)[1:]:
            lengths.append(len(stack))
            for name, line in stack:
                files.append(self._name(name))
                lines.append(line)
        self.columns += [('sites/id', ids), ('sites/stack', array('I', [stack - 1 for stack in stacks])),
                         ('stacks/length', lengths), ('stacks/file', files), ('stacks/line', lines)]

    # -- values

    def _numbers(self):
        """Columns of ints/ and floats/."""
        if self.redact:
            return
        numbers = self.groups.get(id(int), [])
        try:
            values = array(_I64, numbers)
        except OverflowError:
            numbers = [number for number in numbers if -1 << 63 <= number < 1 << 63]
            values = array(_I64, numbers)
        floats = self.groups.get(id(float), [])
        self.columns += [('ints/id', _addresses(numbers)), ('ints/value', values),
                         ('floats/id', _addresses(floats)), ('floats/value', array('d', floats))]

    def _strings(self):
        """Columns of strings/."""
        ids, lengths, text = array(_U64), array('I'), []
        if self.redact:
            self._namespace_keys()
        else:
            for kind in ((str, _text_type) if _PY2 else (str,)):
                group = self.groups.get(id(kind), [])
                if group:
                    names = self.names
                    values = [item for item in group if id(item) not in names]
                    self._add_texts(values, TEXT_LIMIT, ids, lengths, text)
        self._add_texts(list(self.names.values()), NAME_LIMIT, ids, lengths, text)
        self.columns += [('strings/id', ids), ('strings/length', lengths), ('strings/text', b''.join(text))]

    def _add_texts(self, values, limit, ids, lengths, text, batch_size=1 << 12):
        """Appends the texts of exact strings."""
        cut = slice(0, limit)
        for start in _range(0, len(values), batch_size):
            batch = values[start:start + batch_size]
            ids.extend(_addresses(batch))
            sizes = array('I', _map(len, batch))
            if max(sizes) > limit:
                batch = [item[cut] for item in batch]
                sizes = array('I', _map(len, batch))
            if _PY2:
                joined, plain = self._encode_27(batch)
            else:
                joined = ''.join(batch).encode('utf-8', 'replace')
                plain = len(joined) == sum(sizes)
            if plain:
                lengths.extend(sizes)
                text.append(joined)
            else:
                encoded = [_utf8(item) for item in batch]
                lengths.extend(_map(len, encoded))
                text.append(b''.join(encoded))

    @staticmethod
    def _encode_27(batch):
        """Returns (text, True) if all of it is ASCII, else (None, False)."""
        try:
            return str().join([item if type(item) is str else item.encode('ascii') for item in batch]
                              ).decode('ascii').encode('ascii'), True
        except UnicodeError:
            return None, False

    def _namespace_keys(self):
        """With redact: makes names of the text keys of modules', classes' and instances' dicts."""
        spaces = set()
        by_id = {}
        for group in self.groups.values():
            for item in group:
                if type(item) is dict:
                    by_id[id(item)] = item
        label = set(address for address, text in self.names.items() if text == '__dict__')
        position = 0
        for owner, length, kind in _zip(self.item_owner, self.item_length, self.item_kind):
            if kind == 1:
                for i in _range(position, position + length):
                    if self.item_key[i] in label:
                        spaces.add(self.item_value[i])
            position += length
        for owner, target, name in _zip(*self.owned):
            if name in label:
                spaces.add(target)
        for module in self.groups.get(id(_MODULE), ()):
            space = _module_dict(module)
            spaces.add(id(space))
            for key, value in _zip(list(dict.__iter__(space)), list(dict.values(space))):
                if type(key) is str and key == '__name__' and type(value) is str:
                    self._name(value)
        for address in spaces:
            for key in dict.__iter__(by_id.get(address, {})):
                if type(key) is str or type(key) is _text_type:
                    self._name(key)
        for function in self.groups.get(id(_FUNCTION), ()):
            for part in ('__name__',) if _PY2 else ('__name__', '__qualname__'):
                self._name(_FUNCTION.__dict__[part].__get__(function))
        for code in self.groups.get(id(_CODE), ()):
            for name in chain(code.co_names, self._variable_names(code) if self.layout is not None else ()):
                if type(name) is str:
                    self._name(name)

    # -- memory

    def _allocator(self):
        """Columns of arenas/, pools/ and tables/, and what meta.json says of the allocator."""
        debug = self.memory is not None and _LINUX and _is_debugging(self.memory)
        problem, pool_bytes, arena_bytes, alignment, arenas, pools = _POOLS_READ.unpack_from(self.pools)
        name, text = 'pymalloc', None
        if problem:
            name, debug = _allocator_of(self.memory)
            pool_bytes, arena_bytes, alignment = _POOL_SIZES[0] + (_ALIGNMENTS[0],)
            text = self.pools[_POOLS_READ.size:].decode('ascii')
            if name in ('malloc', 'mimalloc'):
                text = ('small blocks come from %s here, so there are no pools and arenas; PYTHONMALLOC, or the way '
                        'in which this Python was built, asks for that' % name)
        self.allocator = _Object([
            ('allocator', name), ('debug', debug),
            ('poolBytes', pool_bytes), ('arenaBytes', arena_bytes), ('alignment', alignment),
            ('header', _POOL_HEADER), ('problem', text)])
        if problem:
            return
        at = _POOLS_READ.size
        for name, code, count in (('arenas/address', _U64, arenas), ('arenas/pools', 'I', arenas),
                                  ('arenas/free', 'I', arenas), ('arenas/untouched', 'I', arenas),
                                  ('pools/used', 'I', pools), ('pools/class', 'B', pools)):
            column = array(code)
            end = at + count * column.itemsize
            _fill_array(column, self.pools[at:end])
            at = end
            self.columns.append((name, column))
        if self.layout is not None:
            blocks = _Blocks(self)
            blocks.find()
            self.columns += [('tables/owner', blocks.owners), ('tables/block', blocks.blocks)]

    # -- the rest

    def roots(self):
        """Returns [[name, address]] of what the interpreter itself holds."""
        found = [('sys.modules', sys.modules), ('sys.__dict__', _module_dict(sys)),
                 ('builtins.__dict__', _module_dict(sys.modules['__builtin__' if _PY2 else 'builtins'])),
                 ('gc.garbage', gc.garbage), ('gc.callbacks', getattr(gc, 'callbacks', None))]
        for number in _range(1, signal.NSIG):
            try:
                handler = _getsignal(number)
            except ValueError:
                continue
            if type(handler) is not int and handler is not None:
                found.append(('signal %d' % number, handler))
        return [[name, id(item)] for name, item in found if id(item) in self.known]

    def generation_segments(self):
        """Returns [[generation, rows]] in row order, or None where that is not known."""
        if self.segments is not None:
            return self.segments
        if self.memory is None or _PY2:
            return None
        return self._old_segments()

    def _old_segments(self):
        """3.6, 3.7: reads where generations 1 and 2 begin. The first object of generation 0 points back at
        the head of its list, and the three heads lie next to each other (Include/internal/mem.h)."""
        if not self.tracked:
            return None
        header = sys.getsizeof([]) - list.__basicsize__
        # gc_generation: head, 2 ints
        step = (header + 8 + 15) // 16 * 16 if header % 16 == 0 else header + 8
        known = set(self.ids[:self.tracked])

        def word(address):
            return self.memory.words(address, 1)[0]
        head = word(self.ids[0] - header + 8)
        for _ in _range(64):            # objects that are ours may come first
            if word(word(head + 8)) == head and word(word(head) + 8) == head and head + header not in known \
                    and word(word(head + step) + 8) == head + step:
                break
            head = word(head + 8)
        else:
            return None
        ends = [self.tracked]
        for generation in (2, 1):
            start = head + generation * step
            first = word(start)
            try:
                ends.insert(0, ends[0] if first == start else self.ids.index(first + header))
            except ValueError:
                return None
        first, second, total = ends
        return [[0, first], [1, second - first], [2, total - second]]

    def _finish(self):
        """Columns of nodes/, edges/, owned/, items/."""
        self._drop_unknown()
        self.columns[:0] = [
            ('nodes/id', self.ids), ('nodes/refcount', self.readings), ('nodes/type', self.type_column),
            ('nodes/size', self.sizes), ('edges/to', self.edges), ('owned/from', self.owned[0]),
            ('owned/to', self.owned[1]), ('owned/name', self.owned[2]), ('items/owner', self.item_owner),
            ('items/length', self.item_length), ('items/kind', self.item_kind), ('items/key', self.item_key),
            ('items/value', self.item_value)]

    def _drop_unknown(self):
        """Leaves out references to what is no node (a dict that another thread has changed meanwhile)."""
        known = self.known
        if _request.mode == 'in-process' and not known.issuperset(self.item_value):
            pairs, at = [], 0
            for length in self.item_length:
                pairs.append([i for i in _range(at, at + length) if self.item_value[i] in known])
                at += length
            kept = list(chain.from_iterable(pairs))
            self.item_length = array('I', _map(len, pairs))
            self.item_key = array(_U64, _map(self.item_key.__getitem__, kept))
            self.item_value = array(_U64, _map(self.item_value.__getitem__, kept))
        good = bytearray(_map(known.__contains__, self.owned[1]))
        if not all(good):
            self.owned = tuple(array(_U64, compress(column, good)) for column in self.owned)


class _Blocks(object):
    """The blocks of memory that objects have beside their own: columns of tables/.

    An offset is used only if it was right for a probe of the agent's own."""

    def __init__(self, tables):
        self.tables = tables
        self.memory, self.layout, self.groups = tables.memory, tables.layout, tables.groups
        self.owners, self.blocks = array(_U64), array(_U64)

    def find(self):
        """Fills `owners` and `blocks`. In 2.7 tables come from malloc (PyMem_MALLOC), whatever their size."""
        self._of_types()
        self._add(*self.tables.zombie_blocks)
        if _PY2:
            self._of_texts()
            return
        self._of_codes()
        for owners, values in self.tables.value_blocks:
            self._add(owners, values)
        self._of_dicts()
        self._of_ordered_dicts()
        self._at_offset(list, _LIST_ITEMS, _addresses is not _addresses_slow)
        self._of_sets()
        for probe in (bytearray(_probe_content), array('B', _probe_content)):
            self._of_buffers(probe)

    def _add(self, owners, blocks):
        """Adds rows; those without a block are left out."""
        self.owners.extend(compress(owners, blocks))
        self.blocks.extend(filter(None, blocks))

    def _instances(self, base):
        """Returns the addresses of all instances of a type and its subtypes."""
        found = array(_U64)
        for address in self.tables.type_ids:
            if _is_subtype(self.tables.types[address], base):
                found.extend(_addresses(self.groups[address]))
        return found

    def _at_offset(self, base, offset, is_proven):
        """Adds what the pointer at an offset in all instances of a type leads to."""
        if is_proven:
            owners = self._instances(base)
            self._add(owners, self.memory.records(owners, offset, 1))

    def _word(self, item, offset):
        """Returns the word at an offset in an object."""
        return self.memory.words(id(item) + offset, 1)[0]

    def _of_types(self):
        """Heap types: what C code's types have copied (tp_name, tp_doc), names that are no nodes (ht_name,
        ht_qualname), and the keys that instances share (ht_cached_keys)."""
        words = self.memory.words(id(_Probe), _type_basicsize(type) // 8)
        names = () if _PY2 else (id(_type_name(_Probe)), id(_type_qualname(_Probe)))
        shared = self.layout.keys_offset if _MANAGED else None
        if _ORDERED_DICT and not _MANAGED and self._word(_probe.__dict__, 40):
            shared = self.layout.offset_of_word(_Probe, self._word(_probe.__dict__, 32), 2, len(words))
        documentation = _Probe.__doc__.encode('ascii')
        offsets = [3 * 8, shared] + [8 * i for i, word in enumerate(words) if word in names]
        if self.memory.read(words[22], len(documentation)) == documentation:
            offsets.append(22 * 8)
        owners = array(_U64)
        for address in self.tables.type_ids:
            if _type_flags(self.tables.types[address]) & _FLAG_TYPE:
                owners.extend(id(kind) for kind in self.groups[address] if _type_flags(kind) & _FLAG_HEAPTYPE)
        for offset in offsets:
            if offset is not None:
                self._add(owners, self.memory.records(owners, offset, 1))

    def _of_codes(self):
        """3.8 to 3.10: co_opcache_map and co_opcache, which lie behind co_zombieframe, co_weakreflist and co_extra
        (Include/cpython/code.h)."""
        where = self.layout.zombie_frame
        if not (3, 8) <= _VERSION <= (3, 10) or where is None:
            return
        cold, hot = (self.memory.words(id(probe.__code__) + where + 24, 2) for probe in (_probe_guarded, _probe_hot))
        if cold == (0, 0) and 0 not in hot:
            # those of the agent may be younger than what _read_pools read, or be a child's that the process lacks
            owners = array(_U64, _filterfalse(self.tables.agent.__contains__, self._instances(_CODE)))
            for offset in (24, 32):
                self._add(owners, self.memory.records(owners, where + offset, 1))

    def _of_texts(self):
        """2.7: the characters of unicode objects (PyUnicodeObject: length, str)."""
        text = _text_type(_probe_content)
        characters = _array_bytes(array('I' if sys.maxunicode > 65535 else 'H', _map(ord, text)))
        self._at_offset(_text_type, 24, self.memory.read(self._word(text, 24), len(characters)) == characters)

    def _of_dicts(self):
        """PyDictObject: ma_keys, and ma_values where the keys are shared (Include/cpython/dictobject.h)."""
        probe = {_probe_names[0]: _probe}
        words = self.memory.words(self._word(probe, 32), 32)
        if (id(_probe_names[0]), id(_probe)) not in _zip(words, words[1:]) or self._word(probe, 40):
            return
        owners = self._instances(dict)
        words = self.memory.records(owners, 32, 2)
        keys, values = words[0::2], words[1::2]
        self._add(owners, values)
        shared = dict(_zip(compress(keys, values), compress(owners, values)))
        self._add(array(_U64, shared.values()), array(_U64, shared))
        combined = bytearray(_map(not_, values))
        self._add(array(_U64, compress(owners, combined)), array(_U64, compress(keys, combined)))

    def _of_ordered_dicts(self):
        """C's OrderedDict: behind the dict's own fields od_first, od_last, od_fast_nodes, which is an array of pointers
        to a node for each entry, and od_fast_nodes_size (Objects/odictobject.c)."""
        kind = _of_module('_collections', 'OrderedDict')
        if type(kind) is not type:
            return
        where = _type_basicsize(dict) + 16
        probe = kind()
        kind.__setitem__(probe, _probe_names[0], _probe)
        nodes, size = self.memory.words(id(probe) + where, 2)
        found = [node for node in self.memory.words(nodes, min(size, 64)) if node]
        if size > 64 or len(found) != 1 or self.memory.words(found[0], 1)[0] != id(_probe_names[0]):
            return
        owners = self._instances(kind)
        words = self.memory.records(owners, where, 2)
        self._add(owners, words[0::2])
        for owner, nodes, size in _zip(owners, words[0::2], words[1::2]):
            if nodes:
                inside = self.memory.words(nodes, size)
                self._add(array(_U64, [owner]) * len(inside), inside)

    def _of_sets(self):
        """PySetObject: table, which is inside the object while that has few entries (Include/setobject.h)."""
        few, many = set(_probe_names[:1]), set(_probe_names[:1])
        many.update(_range(8))
        inside = id(few) + 64
        entries = self.memory.words(self._word(many, 40), 2 * (self._word(many, 32) & 255) + 2)
        if self._word(few, 40) != inside or id(_probe_names[0]) not in entries:
            return
        for base in (set, frozenset):
            owners = self._instances(base)
            tables = self.memory.records(owners, 40, 1)
            away = bytearray(_map(ne, tables, _map(add, owners, repeat(64))))
            self._add(array(_U64, compress(owners, away)), array(_U64, compress(tables, away)))

    def _of_buffers(self, probe):
        """The bytes of all objects of the probe's type, behind the first pointer that leads to those of the probe."""
        words = self.memory.words(id(probe), _type_basicsize(type(probe)) // 8)
        hits = [i for i in _range(3, len(words)) if self.memory.read(words[i], len(_probe_content)) == _probe_content]
        if hits:
            self._at_offset(type(probe), 8 * hits[0], True)


def _of_module(module, name):
    """Returns what a module of C code has under a name, or None where it is not loaded."""
    found = sys.modules.get(module)
    return _module_dict(found).get(name) if type(found) is _MODULE else None


def _is_subtype(kind, base):
    """True if a type is another one or derived from it; metaclasses are not asked."""
    return any(part is base for part in _type_mro(kind))


def _object_at(address):
    """Returns the object at an address."""
    return ctypes.py_object.from_buffer(ctypes.c_void_p(address)).value


def _is_borrowed(word):
    """True if a word of a frame refers to an object without holding a count (3.14+; an integer has both
    bits)."""
    return _TAGGED and word & 3 == 1


def _is_immortal(item):
    """True if an object's count says that it never dies (3.12+)."""
    return _VERSION >= (3, 12) and sys.getrefcount(item) >= 0x3fffff00


def _generator_types():
    """Returns the types of generators, coroutines and asynchronous generators, as far as there are any."""
    kinds = [type(_probe_generator(None))]
    if not _PY2:
        space = {}
        exec('async def coroutine(): pass\nasync def generator(): yield\n', space)      # no syntax of 2.7
        coroutine = space['coroutine']()
        kinds += [type(coroutine), type(space['generator']())]
        coroutine.close()
        space.clear()
    return tuple(kinds)


_GENERATORS = _generator_types()


_GENERATOR_PREFIXES = ('gi', 'cr', 'ag')
_DELEGATE_NAMES = {'gi': 'gi_yieldfrom', 'cr': 'cr_await', 'ag': 'ag_await'}


def _generator_part(item, name):
    """Returns what a built-in getter of a generator or coroutine returns."""
    return type(item).__dict__[name].__get__(item)


class _Closing(object):
    """Tells which suspended generators, coroutines and asynchronous generators run code of the program when
    they are closed (gen_close, Objects/genobject.c: GeneratorExit is thrown in where they are suspended, after
    the object to which they delegate was closed)."""

    # Opcodes up to 3.10, b_type of blocks
    SETUP_LOOP, EXCEPT_HANDLER = 120, 257
    EXTENDED_ARG, LOAD_CONST, DUP_TOP, LOAD_GLOBAL, COMPARE_OP, POP_JUMP_IF_TRUE = 144, 100, 4, 116, 107, 115
    STORES = {125: 126, 90: 91, 97: 98, 137: 138}       # STORE_FAST: DELETE_FAST, _NAME, _GLOBAL, _DEREF
    END_ASYNC_FOR = 54
    # From here on opcodes hide the one that the compiler wrote (3.12+, MIN_INSTRUMENTED_OPCODE).
    INSTRUMENTED = 234

    def __init__(self, layout):
        self.layout = layout

    def guarded(self, items):
        """Returns the addresses of those of [(object, prefix of its attributes)], None where that can't be
        read."""
        layout = self.layout
        if (layout.frame_numbers if _FRAMES_ARE_OBJECTS
                else layout.generator_state and layout.push_exc_info) is None:
            return None
        answers = {}        # id -> runs code, for all that a chain of delegations has led to
        for item, prefix in items:
            chain, answer = [], False
            while prefix is not None and id(item) not in answers:
                answers[id(item)] = False
                chain.append(id(item))
                answer = self._runs_code(item, prefix)
                if answer is None:
                    return None
                if answer:
                    break
                item, prefix = self._delegate(item, prefix)
                if item is not None and prefix is None:
                    answer = self._closing_runs_code(item)
            else:
                answer = answer or answers.get(id(item), False)
            answers.update(dict.fromkeys(chain, answer))
        return [id(item) for item, _ in items if answers[id(item)]]

    def _runs_code(self, item, prefix):
        """Returns True if its own code has a handler there, or a hook of the program is called instead of
        closing it; None where that can't be read."""
        hook = prefix == 'ag' and not self._is_finished(item) and self.layout.asynchronous_finalizer(item)
        if hook or hook is None:
            return hook
        if not self._is_suspended(item, prefix):
            return False
        code = _generator_part(item, prefix + '_code')
        if _FRAMES_ARE_OBJECTS:
            return self._is_in_block(_generator_part(item, prefix + '_frame'), code)
        return self._has_handler(code, self.layout.position_of(item, code))

    def _state(self, item):
        return _SIGNED_BYTE.unpack(self.layout.memory.read(id(item) + self.layout.generator_state, 1))[0]

    def _is_finished(self, item):
        if _FRAMES_ARE_OBJECTS:
            return item.ag_frame is None
        return self._state(item) > 0

    def _is_suspended(self, item, prefix):
        """True if it has been started and does not run."""
        if not _FRAMES_ARE_OBJECTS:
            return self.layout.generator_created < self._state(item) < 0
        frame = _generator_part(item, prefix + '_frame')
        if frame is None:
            return False
        suspended, last, _, _ = self.layout.blocks_of(frame)
        return suspended and last >= 0

    # -- handlers around the point where it is suspended

    def _is_in_block(self, frame, code):
        """Up to 3.10. Loops are blocks up to 3.7; an exception that is being handled is one, but its block
        runs nothing."""
        return any(kind != self.SETUP_LOOP and kind != self.EXCEPT_HANDLER
                   and (_PY2 or not self._is_implicit(code, handler))
                   for kind, handler in self.layout.blocks_of(frame)[3])

    def _is_implicit(self, code, handler):
        """3.6 to 3.10: True if the compiler made the handler on its own: for the end of `async for`, or to
        delete the name of `except ... as name`."""
        if _VERSION == (3, 10):
            handler *= 2
        data = bytearray(code.co_code)
        found, argument = [], 0
        while len(found) < 4 and handler + 1 < len(data):
            argument = argument << 8 | data[handler + 1]
            if data[handler] != self.EXTENDED_ARG:
                found.append((data[handler], argument))
                argument = 0
            handler += 2
        operations = [operation for operation, _ in found]
        if _VERSION >= (3, 8) and operations[:1] == [self.END_ASYNC_FOR]:
            return True
        if operations == [self.DUP_TOP, self.LOAD_GLOBAL, self.COMPARE_OP, self.POP_JUMP_IF_TRUE]:
            return code.co_names[found[1][1]] == 'StopAsyncIteration'       # `except` jumps if false
        return (len(found) > 2 and operations[0] == self.LOAD_CONST and code.co_consts[found[0][1]] is None
                and self.STORES.get(operations[1]) == operations[2] and found[1][1] == found[2][1])

    def _has_handler(self, code, unit):
        """3.11+. Handlers that the compiler makes on its own (for StopIteration, `yield from`, `async for`,
        comprehensions, the end of `except`) raise again, and do not begin as those of the source do."""
        layout, table, seen = self.layout, code.co_exceptiontable, set()
        while True:
            unit = _handler_of(table, unit)
            if unit is None or unit in seen:
                return False
            seen.add(unit)
            opcode = layout.opcode_at(code, unit)
            if opcode >= self.INSTRUMENTED and _request.mode == 'fork':
                opcode = ord(code.co_code[2 * unit:2 * unit + 1])       # makes the code keep a copy
            if opcode == layout.push_exc_info or opcode >= self.INSTRUMENTED:
                return True

    # -- delegation

    def _delegate(self, item, prefix):
        """Returns (what a generator delegates to, prefix of its attributes if it is a generator or coroutine),
        (None, None) if nothing."""
        if _PY2 or not self._is_suspended(item, prefix):
            return None, None
        item = _generator_part(item, _DELEGATE_NAMES[prefix])
        while item is not None:
            for kind, prefix in _zip(_GENERATORS, _GENERATOR_PREFIXES):
                if type(item) is kind:
                    return item, prefix
            if self._helper_name(item) is None:
                return item, None
            item = (gc.get_referents(item) or [None])[0]
        return None, None

    @staticmethod
    def _helper_name(item):
        """Returns the name of the type if closing it is closing the first object that it refers to."""
        kind = type(item)
        names = ['coroutine_wrapper', 'anext_awaitable']
        if _VERSION >= (3, 12):     # before, the closing of these leaves the generator as it is
            names += ['async_generator_asend', 'async_generator_athrow']
        name = _type_name(kind)
        return name if not _type_flags(kind) & _FLAG_HEAPTYPE and name in names else None

    def _closing_runs_code(self, item):
        """True if looking up and calling `close` of an object runs Python code (or may run it: anext_awaitable
        calls __await__ of what it waits for)."""
        spaces = [(base, _class_dict(base) or {}) for base in _type_mro(type(item)) or ()
                  if _type_flags(type(base)) & _FLAG_TYPE]
        for name in ('__await__', '__getattribute__', 'close', '__getattr__'):
            for base, space in spaces:
                if name in space:
                    if type(space[name]) not in _C_METHODS:
                        return True
                    break
            else:
                if name == 'close' and self._has_own_close(item):
                    return True
        return False

    def _has_own_close(self, item):
        """True if `close` is an attribute of the instance, in its dict or inline."""
        kind = type(item)
        if not _type_flags(kind) & _FLAG_HEAPTYPE:
            return False
        for space in gc.get_referents(item):
            if type(space) is dict and any(type(key) is str and key == 'close' for key in dict.__iter__(space)):
                return True
        return _MANAGED and self.layout.has_inline(item, 'close')


def _old_class_has_del(kind):
    """2.7: True if an old-style class or a base of it defines __del__; looked up in the dicts alone."""
    if '__del__' in kind.__dict__:
        return True
    return any(_old_class_has_del(base) for base in kind.__bases__ if type(base) is type(kind))


def _python_sizeof(kind):
    """Returns None if sys.getsizeof is safe for instances of `kind`, else a function that does as it would
    if no `__sizeof__` were written in Python."""
    overridden = False
    for base in _type_mro(kind) or ():
        space = _class_dict(base) if _type_flags(type(base)) & _FLAG_TYPE else None
        if space is None or '__sizeof__' not in space:
            continue
        found = space['__sizeof__']
        if type(found) in _C_METHODS:
            if not overridden:
                return None
            header = 0
            if _type_flags(kind) & _FLAG_HAVE_GC:
                header = sys.getsizeof([]) - list.__sizeof__([])
            if _VERSION >= (3, 11) and _type_flags(kind) & (_FLAG_MANAGED_DICT | _FLAG_MANAGED_WEAKREF):
                header = sys.getsizeof(_probe) - object.__sizeof__(_probe)
            return lambda item: found(item) + header
        overridden = True
    return None if not overridden else lambda item: _type_basicsize(kind)


def _plain_text(text, limit):
    """Returns an exact string of at most `limit` characters; '?' for what is no string."""
    for kind in (str, _text_type):
        if _type_flags(type(text)) & _FLAG_UNICODE or type(text) is kind:
            if kind in (_type_mro(type(text)) or ()):
                return kind.__getitem__(text, slice(0, limit))
    return '?'


def _type_module_text(kind):
    """Returns the name of the module in which a type was defined."""
    try:
        return _plain_text(_type_module(kind), NAME_LIMIT)
    except AttributeError:
        return '?'


def _utf8(text):
    """Returns the UTF-8 of a string, with '?' for lone surrogates, and U+FFFD for bytes of 2.7 that are
    none."""
    if not _PY2:
        return text.encode('utf-8', 'replace')
    if type(text) is str:
        text = text.decode('utf-8', 'replace')
    encoded = text.encode('utf-8')
    # 2.7 encodes lone surrogates (pairs, in narrow builds, become one character)
    if b'\xed' in encoded:
        pieces = encoded.split(b'\xed')
        encoded = pieces[0] + b''.join([b'?' + piece[2:] if piece[:1] >= b'\xa0' else b'\xed' + piece
                                        for piece in pieces[1:]])
    return encoded


def _thread_names():
    """Returns {ident: name} of the threads that the threading module knows, without running its users'
    code."""
    module = sys.modules.get('threading')
    if type(module) is not _MODULE:
        return {}
    active = _module_dict(module).get('_active')
    names = {}
    attribute = '_Thread__name' if _PY2 else '_name'
    for ident, thread in list(dict.items(active)) if type(active) is dict else ():
        if any(attribute in (_class_dict(base) or ()) for base in _type_mro(type(thread)) or ()):
            continue
        try:
            names[ident] = _plain_text(object.__getattribute__(thread, attribute), NAME_LIMIT)
        except AttributeError:
            pass
    return names


def _agent_objects():
    """Returns the addresses of the agent's permanent objects."""
    space = globals()
    found = {}
    pending = [space, sys.modules.get('ouroboros_capture')]
    foreign = set(id(value) for name, value in space.items() if type(value) is _MODULE)
    for name, value in space.items():
        if name[:2] == '__':
            foreign.add(id(value))
    for item in gc.callbacks if _KNOWS_COLLECTIONS else ():
        if item is _watch_collections:
            pending.append(item)
    while pending:
        item = pending.pop()
        address = id(item)
        if address in found or item is None:
            continue
        kind = type(item)
        if item is space or kind is _MODULE:
            found[address] = item
            if item is space:
                pending.extend(value for value in dict.values(space) if id(value) not in foreign)
        elif kind is _FUNCTION:
            if item.__globals__ is space if not _PY2 else item.func_globals is space:
                found[address] = item
                pending.extend(x for x in gc.get_referents(item) if x is not space)
        elif kind is _CODE:
            # of 2.7's code objects each has a string of its own
            if type(item.co_filename) is str and item.co_filename == _watch_collections.__code__.co_filename:
                found[address] = item
                pending.extend(item.co_consts)
        elif kind is type:
            if _type_flags(item) & _FLAG_HEAPTYPE and _type_module(item) == 'ouroboros_capture':
                found[address] = item
                pending.extend(x for x in gc.get_referents(item) if type(x) is not type)
        elif kind in (dict, list, tuple, type(_probe_method), _MEMBER, staticmethod, type(_State.lock)):
            found[address] = item
            if kind is not type(_probe_method):
                pending.extend(x for x in gc.get_referents(item) if type(x) is not type)
        elif _type_flags(kind) & _FLAG_HEAPTYPE and _type_module(kind) == 'ouroboros_capture':
            found[address] = item
            pending.extend(x for x in gc.get_referents(item) if type(x) in (list, tuple))
        elif ctypes is not None and issubclass(kind, ctypes._CFuncPtr):
            # refers to itself, and a library's to the library
            found[address] = item
        elif item is _libc:
            found[address] = item
            pending.extend(gc.get_referents(item))
        elif _libc is not None and item is _libc._FuncPtr:
            found[address] = item
    return set(found)


# ---------------------------------------------------------------------------------------------- container

_DTYPES = {'L': '<u8', 'Q': '<u8', 'l': '<i8', 'q': '<i8', 'I': '<u4', 'B': '|u1', 'd': '<f8'}


def _npy_header(dtype, length):
    """Returns the header of a one-dimensional .npy file, format 1.0."""
    text = "{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }" % (dtype, length)
    text += ' ' * (63 - (10 + len(text)) % 64) + '\n'
    return b'\x93NUMPY\x01\x00' + struct.Struct('<H').pack(len(text)) + text.encode('ascii')


_LOCAL_HEADER = struct.Struct('<4sHHHHHIIIHH')
_CENTRAL_HEADER = struct.Struct('<4sHHHHHHIIIHHHHHII')


class _Archive(object):
    """Writes a ZIP archive to a file descriptor; zip64 where sizes or offsets need it (APPNOTE.TXT 4.3,
    4.5.3).

    Sizes stand in the local headers, which are patched when a member is written, so the file must be
    seekable."""
    PIECE = 4 << 20
    LIMIT = 0xffffffff      # from here on a size or an offset needs zip64
    BIG = 0xffffffff        # what stands for such a one

    def __init__(self, descriptor, level=1):
        self.descriptor = descriptor
        self.level = level
        self.offset = 0
        self.members = []           # [(name, crc, compressed size, size, offset, zip64)]

    def _write(self, data):
        """Raises OSError (say, no space left)."""
        self.offset += len(data)
        while data:
            written = os.write(self.descriptor, data)
            data = data[written:]

    def add_column(self, name, column):
        """Adds an array.array (or bytes, as u1) as a .npy member."""
        self.add(name + '.npy', self.parts_of(column))

    @staticmethod
    def parts_of(column):
        """Returns the bytes-like parts of a .npy file."""
        if type(column) is bytes:
            dtype, view = '|u1', column if _PY2 else memoryview(column)
        else:
            dtype = _DTYPES[column.typecode]
            view = buffer(column) if _PY2 else memoryview(column).cast('B')     # noqa: F821
        return [_npy_header(dtype, len(column)), view]

    @classmethod
    def deflate(cls, parts, level, write):
        """Compresses the parts into `write`. Returns the CRC-32."""
        compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
        crc = 0
        for part in parts:
            for at in _range(0, len(part), cls.PIECE):
                piece = part[at:at + cls.PIECE]
                crc = zlib.crc32(piece, crc)
                write(compressor.compress(piece))
        write(compressor.flush())
        return crc & 0xffffffff

    def add(self, name, parts):
        """Adds a member whose content is the bytes-like parts, one after the other."""
        start = self.offset
        size = sum(len(part) for part in parts)
        zip64 = size + size // 1000 + 1024 >= self.LIMIT
        encoded = name.encode('ascii')
        self._write(self._local_header(encoded, zip64, 0, 0, 0))
        begin = self.offset
        crc = self.deflate(parts, self.level, self._write)
        packed = self.offset - begin
        os.lseek(self.descriptor, start, 0)
        end = self.offset
        self._write(self._local_header(encoded, zip64, crc, packed, size))
        self.offset = end
        os.lseek(self.descriptor, end, 0)
        self.members.append((encoded, crc, packed, size, start, zip64))

    def _local_header(self, name, zip64, crc, packed, size):
        extra = struct.Struct('<HHQQ').pack(1, 16, size, packed) if zip64 else b''
        if zip64:
            packed = size = self.BIG
        return _LOCAL_HEADER.pack(b'PK\3\4', 45 if zip64 else 20, 0, 8, 0, 0x21, crc, packed, size,
                                  len(name), len(extra)) + name + extra

    def finish(self):
        """Writes the central directory."""
        start = self.offset
        for name, crc, packed, size, offset, zip64 in self.members:
            extra = b''
            sizes = (size, packed, offset)
            if zip64 or offset >= self.LIMIT:
                extra = struct.Struct('<HHQQQ').pack(1, 24, size, packed, offset)
                sizes = (self.BIG,) * 3
            self._write(_CENTRAL_HEADER.pack(b'PK\1\2', 45, 45 if extra else 20, 0, 8, 0, 0x21, crc, sizes[1],
                                             sizes[0], len(name), len(extra), 0, 0, 0, 0, sizes[2])
                        + name + extra)
        end = self.offset
        count = len(self.members)
        if start >= self.LIMIT or end - start >= self.LIMIT or count >= 0xffff:
            self._write(struct.Struct('<4sQHHIIQQQQ').pack(b'PK\6\6', 44, 45, 45, 0, 0, count, count,
                                                           end - start, start))
            self._write(struct.Struct('<4sIQI').pack(b'PK\6\7', 0, end, 1))
        self._write(struct.Struct('<4sHHHHIIH').pack(b'PK\5\6', 0, 0, min(count, 0xffff), min(count, 0xffff),
                                min(end - start, self.BIG), min(start, self.BIG), 0))


def _json(value):
    """JSON without the json module, which the program may have patched (and which itself makes cycles).

    Takes None, bools, numbers, strings, lists and tuples of these, and _Object for an object."""
    kind = type(value)
    if value is None:
        return 'null'
    if kind is bool:
        return 'true' if value else 'false'
    if kind is _Object:
        return '{' + ','.join([_json(key) + ':' + _json(item) for key, item in value]) + '}'
    if kind is list or kind is tuple:
        return '[' + ','.join(map(_json, value)) + ']'
    if kind is float:
        return repr(value)
    if kind is bytes or kind is str or kind is _text_type:
        return _json_text(value)
    return '%d' % value


class _Object(list):
    """A list of (key, value), written as a JSON object."""


def _json_text(text):
    if type(text) is bytes:
        text = text.decode('utf-8', 'replace')
    pieces = []
    for character in text:
        code = ord(character)
        if 32 <= code < 127 and code not in (34, 92):
            pieces.append(chr(code))
        elif code > 0xffff:
            code -= 0x10000
            pieces.append('\\u%04x\\u%04x' % (0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff)))
        else:
            pieces.append('\\u%04x' % code)
    return '"' + ''.join(pieces) + '"'


# ------------------------------------------------------------------------------------------------ meta.json

def _meta(tables, mode, started, parent_seconds, consistent, collector):
    """Returns the text of meta.json; tables is a finished _Tables, collector (enabled, count) as they
    were."""
    version = sys.version_info
    flat = [('format', 'pyheapsnapshot'), ('version', FORMAT_VERSION)]
    flat.append(('runtime', _Object([
        ('implementation', 'cpython'), ('version', list(version)),
        ('build', sys.version), ('platform', sys.platform)])))
    arguments = sys.argv if type(sys.argv) is list else []
    arguments = [_plain_text(text, 1000) for text in (arguments[:1] if tables.redact else arguments[:200])]
    try:
        folder = os.getcwd()
    except OSError:
        folder = ''
    path0 = _plain_text(sys.path[0], NAME_LIMIT) if type(sys.path) is list and sys.path else ''
    flat.append(('process', _Object([
        ('pid', _request.pid), ('argv', arguments), ('cwd', folder),
        ('path0', path0), ('executable', _plain_text(sys.executable, NAME_LIMIT)), ('rss', _request.resident),
        ('capturedAt', started)])))
    flat.append(('capture', _Object([
        ('agent', AGENT_VERSION), ('mode', mode), ('seconds', time.time() - started),
        ('parentSeconds', parent_seconds), ('consistent', consistent),
        ('insideCollection', _state.collecting is not None if _KNOWS_COLLECTIONS else None)])))
    flat.append(('nodes', _Object([('total', len(tables.ids)), ('tracked', tables.tracked),
                                   ('counted', tables.counted)])))
    flat.append(('refcount', _Object([('bias', tables.bias), ('own', list(tables.own))])))
    flat.append(('edges', _Object([('marker', tables.marker)])))
    flat.append(('strings', _Object([('limit', TEXT_LIMIT)])))
    flat.append(('redacted', tables.redact))
    flat.append(('gc', _Object([
        ('enabled', collector[0]), ('segments', tables.generation_segments()), ('count', collector[1]),
        ('threshold', gc.get_threshold()), ('frozen', tables.frozen), ('debug', gc.get_debug())])))
    flat.append(('pymalloc', tables.allocator))
    flat.append(('types', tables.type_rows))
    flat.append(('threads', [_Object(thread) for thread in tables.threads]))
    flat.append(('roots', tables.roots()))
    flat.append(('sources', _Object(_sources(tables, folder, path0))))
    return _json(_Object(flat))


def _resident_bytes():
    """Returns the resident set size, 0 where it is not known."""
    try:
        descriptor = os.open('/proc/self/statm', os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(descriptor, 200).split()[1]) * os.sysconf('SC_PAGE_SIZE')
    finally:
        os.close(descriptor)


def _sources(tables, folder, path0):
    """Returns [(file name, [time of last change, size])] of the source files that are there."""
    rows = []
    for name in sorted(set(_plain_text(text, 4096) for text in tables.file_names.values())):
        if not name or name[:1] == '<':
            continue
        for base in ('',) if os.path.isabs(name) else (folder, path0):
            try:
                found = os.stat(os.path.join(base, name))
            except (OSError, ValueError):
                continue
            rows.append((name, [float(found.st_mtime), found.st_size]))
            break
    return rows


# -------------------------------------------------------------------------------------- capture in a process

class _Request(object):
    """What a capture needs to know; made before, and a permanent object of the agent."""
    __slots__ = ('path', 'temporary', 'redact', 'mode', 'started', 'forked', 'enabled', 'count', 'callers',
                 'pid', 'before_fork', 'resident', 'signal_frame')


_request = _Request()
_request.callers = ()
_request.signal_frame = 0      # address of the frame that a signal interrupted


def _capture():
    """Captures this process as `_request` says. Returns (objects, bytes). The collector must be disabled.

    Raises CannotWrite. The file is complete, or it is not there."""
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        for name in ('O_NOFOLLOW', 'O_BINARY', 'O_CLOEXEC'):
            flags |= getattr(os, name, 0)
        descriptor = os.open(_request.temporary, flags, 0o600)
    except OSError as error:
        raise CannotWrite(_cannot_write(error))
    done = False
    try:
        try:
            result = _capture_to(descriptor)
        finally:
            os.close(descriptor)
        if hasattr(os, 'replace'):
            os.replace(_request.temporary, _request.path)
        else:
            os.rename(_request.temporary, _request.path)
        done = True
        return result
    except OSError as error:
        raise CannotWrite(_cannot_write(error))
    finally:
        if not done:
            try:
                os.unlink(_request.temporary)
            except OSError:
                pass


def _cannot_write(error):
    return 'cannot write %s: %s; give another path with -o, or make room' % (_request.path, error.strerror)


def _capture_to(descriptor):
    """Captures into an open file. Returns (objects, bytes)."""
    started = _cpu_seconds()
    pools = _read_pools()
    reading = _cpu_seconds() - started
    tables = _Tables(_scan(_request.callers), _request.redact, pools)
    tables.phases += [('pools', reading), ('scan', _cpu_seconds() - started - reading)]
    try:
        tables.build()
        elapsed = time.time() - _request.started
        consistent = _request.mode == 'fork' or len(tables.threads) == 1 or elapsed <= SWITCH_INTERVAL
        started = _cpu_seconds()
        archive = _Archive(descriptor)
        for name, column in tables.columns:
            archive.add_column(name, column)
        tables.phases.append(('write', _cpu_seconds() - started))
        archive.add('meta.json', [_meta(tables, _request.mode, _request.started, _request.forked, consistent,
                                        (_request.enabled, _request.count)).encode('ascii')])
        archive.finish()
        if os.environ.get('OUROBOROS_PROFILE'):
            _say(' '.join('%s=%.0fms' % (name, seconds * 1e3) for name, seconds in tables.phases))
        return len(tables.ids), archive.offset
    finally:
        if _request.mode != 'fork':     # a forked child is about to end: no need to free things one by one
            tables.close()
        else:
            _state.tables = tables


def _say(text):
    """Writes a line to the real standard error, past whatever the program put at sys.stderr."""
    try:
        data = ('ouroboros: %s\n' % text)
        os.write(2, data if type(data) is bytes else data.encode('utf-8', 'replace'))
    except OSError:
        pass


# ------------------------------------------------------------------------------------------------ the fork

_libc_fork = _libc_sigmask = None
if _libc is not None and hasattr(os, 'waitpid'):
    try:
        # Through the C library and with the GIL held: unlike os.fork this keeps the frames of all threads,
        # and it runs no at-fork handlers of the program.
        _libc_fork = _libc.fork
        _libc_sigmask = _libc.pthread_sigmask
    except AttributeError:
        _libc_fork = None



def _find_gil():
    """3.7+: returns the address of the GIL's structure, or None.

    struct _gil_runtime_state (Include/internal/pycore_gil.h) lies in the exported _PyRuntime: interval, last
    holder, locked, number of switches, then condition variable, mutex, and a second pair of these. It is
    found by the interval and our own thread state."""
    if _libc_fork is None or _VERSION < (3, 7):
        return None
    try:
        start = ctypes.addressof(ctypes.c_char.in_dll(_libc, '_PyRuntime'))
        get_state = _libc.PyThreadState_Get
        get_state.restype = ctypes.c_void_p
        descriptor = os.open('/proc/self/mem', os.O_RDONLY)
    except (ValueError, AttributeError, OSError):
        return None
    try:
        data = os.pread(descriptor, 1 << 20, start)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    pattern = struct.Struct('<QQ').pack(int(round(sys.getswitchinterval() * 1e6)), get_state())
    at = data.find(pattern)
    return None if at < 0 or data.find(pattern, at + 1) >= 0 else start + at


_gil = _find_gil()
_gil_parts = ()
if _gil is not None:
    _gil_parts = ((_libc.pthread_cond_init, ctypes.c_void_p(_gil + 32)),
                  (_libc.pthread_mutex_init, ctypes.c_void_p(_gil + 80)),
                  (_libc.pthread_cond_init, ctypes.c_void_p(_gil + 120)),
                  (_libc.pthread_mutex_init, ctypes.c_void_p(_gil + 168)))


def _reset_gil():
    """In the forked child: makes the GIL's condition variables and mutexes anew, as os.fork does.

    They still count threads that are gone, and the C library would wait for those when the GIL is released.
    The GIL itself stays taken by us. To be called before it is released for the first time."""
    for initialise, address in _gil_parts:
        initialise(address, None)


_ALL_SIGNALS = ctypes.create_string_buffer(b'\xff' * 128, 128) if ctypes is not None else None
_old_signals = ctypes.create_string_buffer(128) if ctypes is not None else None
_SIG_SETMASK = 2


def _can_fork():
    """True where the capture can be done in a forked child."""
    return _libc_fork is not None and select is not None and os.path.exists('/proc/self/mem')


def _fork():
    """Forks. Returns the child's pid, 0 in the child, whose signals stay blocked. Raises CaptureError."""
    _libc_sigmask(_SIG_SETMASK, _ALL_SIGNALS, _old_signals)
    pid = _libc_fork()
    if pid:
        _libc_sigmask(_SIG_SETMASK, _old_signals, None)
        if pid < 0:
            raise CaptureError('fork failed; use --in-process (in_process=True), or free memory or processes')
    return pid


def _child(report):
    """The forked child: captures, tells the outcome through the descriptor `report`, and ends. Never
    returns."""
    status = 70
    try:
        try:
            _reset_gil()
            os.write(report, b'A')
            _request.forked = time.time() - _request.before_fork
            sys.settrace(None)
            sys.setprofile(None)
            _silence_monitoring()
            _prepare_child(report)
            objects, size = _capture()
            message = 'K%d %d' % (objects, size)
            status = 0
        except CaptureError as error:
            message = 'E%d%s' % (_error_number(error), error.args[0])
        except MemoryError:
            message = 'E3the capture ran out of memory; use force only where there is more'
        except BaseException:
            message = 'E0' + _describe_failure()
        os.write(report, message if _PY2 else message.encode('utf-8', 'replace'))
    finally:
        os._exit(status)


def _error_number(error):
    return _ERRORS.index(type(error)) if type(error) in _ERRORS else 0


def _describe_failure():
    """Describes an unexpected exception of the agent's own."""
    kind, error, trace = sys.exc_info()
    lines = []
    while trace is not None:
        lines.append(str(trace.tb_lineno))
        trace = trace.tb_next
    return 'internal error, please report it: %s %r at lines %s' % (
        kind.__name__, error.args, ' '.join(lines))


def _prepare_child(report):
    """Makes the child the first victim of a memory shortage, and closes what it inherited."""
    try:
        descriptor = os.open('/proc/self/oom_score_adj', os.O_WRONLY)
        os.write(descriptor, b'1000')
        os.close(descriptor)
    except OSError:
        pass
    for number in (0, 1):
        try:
            os.close(number)
            os.open(os.devnull, os.O_RDWR)      # takes the lowest number that is free
        except OSError:
            pass
    # A socket or pipe that the program closes meanwhile must be closed indeed.
    for name in os.listdir('/proc/self/fd'):
        number = int(name)
        if number > 2 and number != report:
            try:
                os.close(number)
            except OSError:
                pass


def _run_child(timeout, spare_gil):
    """Forks children until one says that it is alive, and waits for its outcome, with the GIL released.

    Returns 'K<objects> <bytes>'. Raises a CaptureError."""
    deadline = time.time() + timeout
    for _ in _range(FORK_TRIES):
        reader, writer = os.pipe()
        if spare_gil:
            time.sleep(0)       # give up the GIL now, so that no thread asks for it in the middle of the fork
        enabled = gc.isenabled()
        gc.disable()
        _request.before_fork = time.time()
        pid = -1
        try:
            pid = _fork()
            if pid == 0:
                _child(writer)
        finally:
            if pid:
                if enabled:
                    gc.enable()
                os.close(writer)
                if pid < 0:
                    os.close(reader)
        outcome = _await(pid, reader, deadline)
        if outcome is not None:
            break
        _state.stuck += 1
        _remove_temporary()
    else:
        raise CaptureTimeout('the forked child got stuck %d times; use --in-process (in_process=True)'
                             % FORK_TRIES)
    if outcome[:1] == 'K':
        return outcome
    _remove_temporary()
    if outcome[:1] == 'E':
        raise _ERRORS[int(outcome[1])](outcome[2:])
    if outcome[:1] == 'T':
        raise CaptureTimeout('the capture took longer than %.0f s and was ended; give a longer timeout'
                             % timeout)
    raise CaptureError('the capturing child died (%s); most likely the system ran out of memory'
                       % outcome[1:])


def _await(pid, reader, deadline):
    """Waits for a child. Returns its message, 'T' after the deadline, 'D...' if it died without one, None if
    it got stuck. The child is gone afterwards, and `reader` closed."""
    data = b''
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    idle = [None, time.time()]      # CPU time at which the child fell asleep, and when that was
    verdict = ''
    while True:
        now = time.time()
        if now > deadline:
            verdict = 'T'
            break
        try:
            ready = poll.poll(20 if not data else 200)
        except (OSError, IOError, select.error):
            continue            # 2.7: interrupted by a signal
        if ready:
            piece = os.read(reader, 1 << 16)
            if not piece:
                break
            data += piece
        # Asleep before its first word, or for long: it waits for a lock that nobody will ever release.
        spent = _sleeping_since(pid)
        if spent is None or spent != idle[0]:
            idle = [spent, now]
        elif now - idle[1] > (STUCK_SECONDS if data else ALIVE_SECONDS):
            verdict = None
            break
    os.close(reader)
    if verdict != '':
        _kill(pid)
    status = _reap(pid)
    if verdict != '':
        return verdict
    if len(data) > 1:
        return data[1:] if _PY2 else data[1:].decode('utf-8', 'replace')
    return 'D' + status


def _sleeping_since(pid):
    """Returns the CPU time (clock ticks) that a process has used if it sleeps just now, else None."""
    try:
        descriptor = os.open('/proc/%d/stat' % pid, os.O_RDONLY)
    except OSError:
        return None
    try:
        fields = os.read(descriptor, 1000).rpartition(b')')[2].split()
        return int(fields[11]) + int(fields[12]) if fields[0] == b'S' else None
    except (OSError, IndexError):
        return None
    finally:
        os.close(descriptor)


def _kill(pid):
    try:
        os.kill(pid, 9)
    except OSError:
        pass


def _reap(pid):
    """Waits for the end of a child; another thread of the program may have been faster. Returns how it
    ended."""
    while True:
        try:
            status = os.waitpid(pid, 0)[1]
        except OSError as error:
            if error.errno == 4:        # EINTR
                continue
            return 'unknown status'
        if os.WIFSIGNALED(status):
            return 'signal %d' % os.WTERMSIG(status)
        return 'status %d' % os.WEXITSTATUS(status)


def _remove_temporary():
    try:
        os.unlink(_request.temporary)
    except OSError:
        pass


# -------------------------------------------------------------------------------------------- memory at hand

BYTES_PER_BLOCK = 250       # of the capture's own tables, for each block that the interpreter has allocated
BYTES_FOR_AGENT = 32 << 20


def _bytes_needed(forked):
    """Estimates what a capture needs: tables in proportion to the number of allocated blocks, and for a fork
    the pages of the heap that get copied as the child counts references, at most all that is resident."""
    resident = _resident_bytes()
    blocks = sys.getallocatedblocks() if hasattr(sys, 'getallocatedblocks') else resident // 100
    copied = min(resident, blocks * 100 + BYTES_FOR_AGENT) if forked else 0
    return blocks * BYTES_PER_BLOCK + BYTES_FOR_AGENT + copied


def _read_text(path):
    """Returns the text of a small file, '' where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return ''
    try:
        return os.read(descriptor, 1 << 14).decode('ascii', 'replace')
    except OSError:
        return ''
    finally:
        os.close(descriptor)


def _bytes_available():
    """Returns (bytes, where) that are free to use: the machine's, or less if a control group allows less."""
    best, where = None, ''
    for line in _read_text('/proc/meminfo').split('\n'):
        if line.startswith('MemAvailable:'):
            best, where = int(line.split()[1]) * 1024, 'this machine'
    for line in _read_text('/proc/self/cgroup').split('\n'):
        fields = line.split(':', 2)
        if len(fields) < 3:
            continue
        if fields[0] == '0':
            root, limit, usage = '/sys/fs/cgroup', 'memory.max', 'memory.current'
        elif 'memory' in fields[1].split(','):
            root, limit, usage = '/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes'
        else:
            continue
        folder = fields[2].rstrip('/')
        while True:
            allowed = _read_text(root + folder + '/' + limit).strip()
            used = _read_text(root + folder + '/' + usage).strip()
            if allowed.isdigit() and used.isdigit():
                left = max(0, int(allowed) - int(used))
                if best is None or left < best:
                    best, where = left, 'the control group %s' % (folder or '/')
            if not folder:
                break
            folder = folder.rpartition('/')[0]
    return best, where


def _check_memory(forked):
    """Raises NotEnoughMemory with the figures."""
    available, where = _bytes_available()
    needed = _bytes_needed(forked)
    if available is not None and needed > available:
        raise NotEnoughMemory(
            'the capture may need %d MB and %s has %d MB left; %suse --force (force=True) anyway' % (
                needed >> 20, where, available >> 20,
                'use --in-process (in_process=True), which needs less, or ' if forked else ''))


# ------------------------------------------------------------------------------------------------------ API

def _suspend_tracing():
    """Switches the caller's trace and profile functions off for this thread, and its monitoring tools."""
    _state.trace = sys.gettrace()
    if _state.trace is not None:
        sys.settrace(None)
    _state.profile = sys.getprofile()
    if _state.profile is not None:
        sys.setprofile(None)
    _state.monitoring = _silence_monitoring()


def _resume_tracing():
    """Undoes _suspend_tracing."""
    for tool, events in _state.monitoring or ():
        sys.monitoring.set_events(tool, events)
    _state.monitoring = None
    if _state.profile is not None:
        sys.setprofile(_state.profile)
        _state.profile = None
    if _state.trace is not None:
        sys.settrace(_state.trace)
        _state.trace = None


def _silence_monitoring():
    """3.12+: switches the events of all monitoring tools off. Returns [(tool, events)] or None."""
    monitoring = getattr(sys, 'monitoring', None)
    if monitoring is None:
        return None
    silenced = None
    for tool in _range(6):
        events = monitoring.get_events(tool) if monitoring.get_tool(tool) is not None else 0
        if events:
            if silenced is None:
                silenced = []
            silenced.append((tool, events))
            monitoring.set_events(tool, 0)
    return silenced


def snapshot(path, in_process=False, redact=False, force=False, timeout=DEFAULT_TIMEOUT):
    """Writes a snapshot of this process to `path`. Returns the number of objects in it, when the file is
    whole.

    in_process: capture here rather than in a forked child (always so where there is no fork).
    redact: keep no text or number of the program, only names.
    force: capture even if the memory at hand looks too small.
    timeout: seconds after which a forked capture is given up.
    Raises UnsupportedInterpreter, InsideCollection, NotEnoughMemory, CaptureTimeout, CannotWrite, or another
    CaptureError; each message says what to do."""
    if path is None:
        raise CannotWrite('which file? give a path')
    young = gc.get_count()[0]
    reason = _why_unsupported()
    if reason is not None:
        raise UnsupportedInterpreter(reason)
    if _state.collecting is not None:
        _await_collection(timeout)
    if hasattr(os, 'fspath'):
        path = os.fspath(path)
    path = os.path.abspath(path)
    if not _state.lock.acquire(False):
        raise CaptureError('another thread is capturing; wait for it')
    outcome = None
    try:
        _suspend_tracing()
        forked = _can_fork() and not in_process
        if not force:
            _check_memory(forked)
        _prepare_request(path, redact, forked)
        if forked:
            _request.callers = (_scan, _capture_to, _capture, _child, _run_child, snapshot)
            outcome = _run_child(timeout, True)
            objects = int(outcome[1:].split()[0])
        else:
            _refuse_freed_iterators()
            _request.callers = (_scan, _capture_to, _capture, _in_place, snapshot)
            objects = _in_place()[0]
    finally:
        outcome = _request.count = None
        _resume_tracing()
        _state.lock.release()
        _restore_count(young)
    return objects


try:
    # up to 3.10 the first call of a function leaves a frame behind, which the collector counts
    snapshot(None)
except CannotWrite:
    pass


def _await_collection(timeout):
    """Waits till another thread's collection is over. Raises InsideCollection in a collection of this
    thread."""
    deadline = time.time() + timeout
    while _state.collecting is not None:
        if _state.collecting == get_ident() or time.time() > deadline:
            raise InsideCollection('the garbage collector is running (this is a finalizer or a callback of a '
                                   'weak reference), and its garbage is on no list; capture later')
        time.sleep(0.001)


def _prepare_request(path, redact, forked):
    """Fills `_request`."""
    _request.path = path
    folder, name = os.path.split(path)
    suffix = '%d-%d' % (os.getpid(), int(time.time() * 1e6) % 1000000)
    _request.temporary = os.path.join(folder, '.%s.%s.tmp' % (name, suffix) if type(name) is str
                                      else b'.' + name + b'.' + suffix.encode('ascii') + b'.tmp')
    _request.redact = bool(redact)
    _request.mode = 'fork' if forked else 'in-process'
    _request.pid = os.getpid()
    _request.started = time.time()
    _request.forked = 0.0
    _request.resident = _resident_bytes()
    _request.enabled = gc.isenabled()
    _request.count = list(gc.get_count())


def _refuse_freed_iterators():
    """3.12.0 to 3.12.5: the module _asyncio hands out iterators that it has freed (CPython's issue 122695). In a
    forked child that does no harm; here it would crash the program later."""
    if (3, 12) <= sys.version_info[:3] < (3, 12, 6) and '_asyncio' in sys.modules:
        raise UnsupportedInterpreter(
            'before CPython 3.12.6 a program that uses asyncio cannot be captured in place, for asyncio hands out '
            'objects that are freed already; leave out --in-process (in_process=True), or use a newer 3.12')


def _in_place():
    """Captures in this process, without letting other Python threads run, as far as that can be had."""
    enabled = gc.isenabled()
    gc.disable()
    if _PY2:
        interval = sys.getcheckinterval()
        sys.setcheckinterval(1000000)
        for _ in _range(1000):      # the old interval still counts down to one last switch (Python/ceval.c, _Py_Ticker)
            pass
    else:
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        return _capture()
    finally:
        if _PY2:
            sys.setcheckinterval(interval)
        else:
            sys.setswitchinterval(interval)
        if enabled:
            gc.enable()


# -------------------------------------------------------------------------------- captures without the caller

class _Options(object):
    """What the command line asks for."""
    __slots__ = ('output', 'signal', 'in_process', 'redact', 'force', 'module')


def _default_path(base):
    """Returns the path of the next capture: -o as given, else NAME-PID; numbered where there can be
    several."""
    options = _state.options
    number = _state.captures
    if options.output is not None:
        if number <= 1:
            return options.output
        stem, suffix = os.path.splitext(options.output)
        return '%s-%d%s' % (stem, number, suffix)
    if options.signal is not None:
        return '%s-%d-%d.pyheapsnapshot' % (base, os.getpid(), number)
    return '%s-%d.pyheapsnapshot' % (base, os.getpid())


def _program_name():
    """Returns the name of the program that is being run, without folder and suffix."""
    name = os.path.splitext(os.path.basename(_state.program.rstrip(os.sep)))[0]
    return name or 'python'


def _report(objects, path, started):
    try:
        size = os.stat(path).st_size
    except OSError:
        size = 0
    _say('captured %d objects, %d bytes, in %.2f s: %s' % (objects, size, time.time() - started, path))


def _at_exit():
    """Captures when the program ends; errors go to stderr, and never change the exit code."""
    if os.getpid() != _state.main_pid or _state.exit_done:
        return
    _state.exit_done = True
    options = _state.options
    path = os.path.join(_state.folder, _default_path(_program_name()))
    started = time.time()
    _say('the program has ended, capturing')
    try:
        objects = snapshot(path, options.in_process, options.redact, options.force)
    except CaptureError as error:
        _say('no snapshot: %s' % error.args[0])
        return
    _report(objects, path, started)


def _on_signal(number, frame):
    """Handler of the capture signal: starts a capture and returns at once."""
    address = id(frame)
    frame = None
    if _state.collecting is not None:
        _state.pending_signal = number      # _watch_collections sends it again
        return
    options = _state.options
    _state.captures += 1
    path = os.path.join(_state.folder, _default_path(_program_name()))
    _request.signal_frame = address
    try:
        _start_snapshot(path, options.in_process, options.redact, options.force, DEFAULT_TIMEOUT)
    except CaptureError as error:
        _say('no snapshot: %s' % error.args[0])
    _request.signal_frame = 0


def _start_snapshot(path, in_process, redact, force, timeout):
    """As snapshot(), but with fork a supervisor does the waiting and reports on stderr.

    The supervisor is a grandchild, so that the program never has a child that it did not start, save for the
    moment until this returns."""
    started = time.time()
    if in_process or not _can_fork():
        _report(snapshot(path, in_process, redact, force), path, started)
        return
    reason = _why_unsupported()
    if reason is not None:
        raise UnsupportedInterpreter(reason)
    if not _state.lock.acquire(False):
        raise CaptureError('another capture has begun; wait for it')
    try:
        _suspend_tracing()
        if not force:
            _check_memory(True)
        _prepare_request(path, redact, True)
        count = None    # a tuple that only this frame holds would be garbage in the snapshot
        _request.callers = (_scan, _capture_to, _capture, _child, _run_child, _supervise, _start_supervisor,
                            _start_snapshot, _on_signal)
        _start_supervisor(timeout)
    finally:
        _resume_tracing()
        _state.lock.release()


def _start_supervisor(timeout):
    """Forks a child which forks the supervisor and ends; waits for that child only."""
    for _ in _range(FORK_TRIES):
        reader, writer = os.pipe()
        time.sleep(0)
        enabled = gc.isenabled()
        gc.disable()
        _request.before_fork = time.time()
        pid = -1
        try:
            pid = _fork()
            if pid == 0:
                _supervise(writer, timeout)
        finally:
            if pid:
                if enabled:
                    gc.enable()
                os.close(writer)
                if pid < 0:
                    os.close(reader)
        outcome = _await(pid, reader, time.time() + 60)
        if outcome is not None and outcome[:1] == 'S':
            return
    raise CaptureError('the forked supervisor got stuck; send the signal again, or use --in-process')


def _supervise(report, timeout):
    """In the forked child: forks the supervisor, which captures through a child of its own. Never returns."""
    try:
        _reset_gil()
        os.write(report, b'A')
        sys.settrace(None)
        sys.setprofile(None)
        if _libc_fork() == 0:
            os.close(report)
            _prepare_child(-1)
            objects = int(_run_child(timeout, False)[1:].split()[0])
            _report(objects, _request.path, _request.started)
        else:
            os.write(report, b'S')
    except CaptureError as error:
        _say('no snapshot: %s' % error.args[0])
    except BaseException:
        _say('no snapshot: ' + _describe_failure())
    finally:
        os._exit(0)


# ------------------------------------------------------------------------------------------- command line

_USAGE = """usage: python ouroboros_capture.py [options] script.py [args...]
       python ouroboros_capture.py [options] -m module [args...]

Runs a Python program and writes a snapshot of its heap.

  -o FILE             where to; default NAME-PID.pyheapsnapshot in the current folder
  --at-exit           capture when the program ends (default)
  --on-signal NAME    capture whenever the signal comes, for example USR2
  --in-process        capture without forking: the program stands still meanwhile
  --redact            keep no text or number of the program, only names
  --force             capture even if the memory at hand looks too small
  -h, --help          show this and exit
"""


def _usage_error(text):
    _say(text)
    os.write(2, _USAGE.encode('ascii'))
    sys.exit(2)


def _parse(arguments):
    """Returns (options, the program's arguments beginning with its name)."""
    options = _Options()
    options.output = options.signal = None
    options.in_process = options.redact = options.force = options.module = False
    rest = list(arguments)
    while rest:
        word = rest[0]
        if word in ('-h', '--help'):
            os.write(1, _USAGE.encode('ascii'))
            sys.exit(0)
        name, equals, value = word.partition('=')
        if word == '--':
            rest.pop(0)
            break
        if word == '-m':
            rest.pop(0)
            options.module = True
            break
        if not word.startswith('-') or word == '-':
            break
        rest.pop(0)
        if name in ('-o', '--output', '--on-signal'):
            if not equals:
                if not rest:
                    _usage_error('%s needs a value' % name)
                value = rest.pop(0)
            if name == '--on-signal':
                options.signal = _signal_number(value)
            else:
                options.output = value
        elif word == '--at-exit':
            options.signal = None
        elif word in ('--in-process', '--redact', '--force'):
            setattr(options, word[2:].replace('-', '_'), True)
        else:
            _usage_error('unknown option %s' % word)
    if not rest:
        _usage_error('which program?')
    return options, rest


def _signal_number(text):
    """Returns the number of a signal given as USR2, SIGUSR2 or 12."""
    if text.isdigit() and 0 < int(text) < signal.NSIG:
        return int(text)
    name = text.upper()
    found = getattr(signal, name if name.startswith('SIG') else 'SIG' + name, None)
    if found is None or name.startswith('SIG_'):
        _usage_error('unknown signal %s' % text)
    return int(found)


def _new_main():
    """Returns a fresh module that takes the place of `__main__`, as Python itself would have made it."""
    module = _MODULE('__main__')
    space = _module_dict(module)
    space['__builtins__'] = sys.modules['__builtin__' if _PY2 else 'builtins']
    space['__package__'] = None
    if not _PY2:
        space['__annotations__'] = {}
    sys.modules['ouroboros_capture'] = sys.modules['__main__']
    sys.modules['__main__'] = module
    return space


def _run_script(path):
    """Runs a script as `__main__`. The exceptions of the script come through."""
    space = _new_main()
    if os.path.isdir(path) or not path.endswith(('.py', '.pyw', '.pyc')) and _is_zip(path):
        import runpy
        sys.path[0] = path
        runpy._run_module_as_main('__main__', False)
        return
    if not getattr(sys.flags, 'safe_path', False) and not getattr(sys.flags, 'isolated', False) and sys.path:
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    if _VERSION >= (3, 9):
        path = os.path.abspath(path)
    space['__file__'] = path
    if not _PY2:
        space['__cached__'] = None
        loader = globals().get('__loader__')
        space['__loader__'] = type(loader)('__main__', path) if loader is not None else None
        space['__spec__'] = None
    with open(path, 'rb') as stream:
        source = stream.read()
    stream = None
    if path.endswith('.pyc'):
        import marshal
        code = marshal.loads(source[8 if _PY2 else 12 if _VERSION < (3, 7) else 16:])
    else:
        code = compile(source, path, 'exec', 0, True)
    source = None
    exec(code, space)


def _is_zip(path):
    try:
        with open(path, 'rb') as stream:
            return stream.read(4) == b'PK\3\4'
    except (IOError, OSError):
        return False


def _run_module(name):
    """Runs a module as `python -m` does."""
    _new_main()
    if not getattr(sys.flags, 'safe_path', False) and not getattr(sys.flags, 'isolated', False) and sys.path:
        sys.path[0] = '' if _VERSION < (3, 7) else os.getcwd()
    import runpy
    runpy._run_module_as_main(name)


def _run_program(options, arguments):
    """Runs the program. Returns the exit code after an exception that it did not catch, else None."""
    code = None
    try:
        if options.module:
            _run_module(arguments[0])
        else:
            _run_script(arguments[0])
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        _show_exception()
        code = 1
    return code


def _show_exception():
    """Shows an uncaught exception as the interpreter does, without the agent's frames."""
    kind, error, trace = sys.exc_info()
    here = globals()
    while trace is not None and (trace.tb_frame.f_globals is here or
                                 trace.tb_frame.f_code.co_filename in ('<frozen runpy>', _runpy_file())):
        trace = trace.tb_next
    if not _PY2:
        error.__traceback__ = trace
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    if _VERSION >= (3, 12):
        sys.last_exc = error
    kind = error = trace = None
    sys.excepthook(sys.last_type, sys.last_value, sys.last_traceback)


def _runpy_file():
    module = sys.modules.get('runpy')
    return module._run_code.__code__.co_filename if module is not None else None


def _main(arguments):
    """The command line. Never returns: the program's exit code becomes ours."""
    options, arguments = _parse(arguments)
    reason = _why_unsupported()
    if reason is not None:
        _say('no snapshot will be written: ' + reason)
    _state.options = options
    _state.folder = os.getcwd()
    _state.program = arguments[0].rpartition('.')[2] if options.module else arguments[0]
    sys.argv[:] = arguments
    if not options.module and not os.path.exists(arguments[0]):
        _say("can't open file %s: no such file" % arguments[0])
        sys.exit(2)
    if reason is None:
        if options.signal is not None:
            signal.signal(options.signal, _on_signal)
            _say('process %d takes a snapshot on signal %d' % (os.getpid(), options.signal))
        else:
            atexit.register(_at_exit)
    options = reason = None
    code = _run_program(_state.options, arguments)
    if code is not None:
        if _PY2:
            sys.exc_clear()
        sys.exit(code)


if _RUN_AS_PROGRAM:
    _main(sys.argv[1:])
