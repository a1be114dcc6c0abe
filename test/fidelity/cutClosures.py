"""Closures that hold themselves, with suggested cuts really made.

`cutClosures.py capture FILE`: runs the cases with the collector off and takes a snapshot. Prints the addresses of the
cells and functions that the last call of json's encoder left: {name: [cell, function]}.
`cutClosures.py try TRIALS`: TRIALS is JSON, [[mode, case, lines]]. Prints for each trial the names of the functions
that a collection finds afterwards, and how many objects it finds in all; or what was raised. Modes:
- `outside`: the caller runs each line where it has used the closure for the last time;
- `inside`: the lines stand at the end of the enclosing function, whose own source is taken for that, after the
  closures' last use;
- `class`: the same work by a class whose methods call each other.

Cases: `json`, the standard library's own Python encoder; `listiter`, the recursive generator of closures.py.
"""
import gc
import inspect
import json.encoder
import sys
import types

import closures
import ouroboros_capture

DATA = [1, [2, {"a": [3, None]}], "x"]


def encode(make):
    """json's encoder as JSONEncoder.iterencode makes it."""
    return make(None, None, json.encoder.encode_basestring, None, float.__repr__, ": ", ", ", False, False, False)


CASES = {
    # The maker of the closures, how it is called, how its result is used up, and its source's last line.
    "json": (json.encoder._make_iterencode, encode, lambda it: list(it(DATA, 0)), "return _iterencode"),
    "listiter": (closures.leaking, lambda make: make(DATA), list, "return listiter(o)"),
}


def capture(path):
    for _ in range(2):
        json.dumps(DATA)
        list(closures.leaking(DATA))
    made = encode(json.encoder._make_iterencode)
    list(made(DATA, 0))
    addresses = {}
    for name, cell in zip(made.__code__.co_freevars, made.__closure__):
        if isinstance(cell.cell_contents, types.FunctionType) and cell.cell_contents.__closure__:
            addresses[name] = [id(cell), id(cell.cell_contents)]
    made = cell = None
    ouroboros_capture.snapshot(path)
    return addresses


def outside(case, lines):
    make, call, use, _ = CASES[case]
    made = call(make)
    use(made)
    names = {"_iterencode": made}
    for line in lines:
        exec(line, names)


def inside(case, statements):
    make, call, use, last = CASES[case]
    source = inspect.getsource(make)
    body, found, rest = source.rpartition(last)
    if not found or rest.strip():
        raise AssertionError("%s does not end with %r" % (make.__name__, last))
    used = "result = use(%s)" % last[len("return "):]
    end = "\n    ".join([used] + statements + ["return result"])
    names = dict(sys.modules[make.__module__].__dict__, use=use)
    exec(compile(body + end, inspect.getsourcefile(make), "exec"), names)
    if not call(names[make.__name__]):
        raise AssertionError("nothing came out")
    return names  # The functions of the copied namespace refer to it; only what a call makes is to be garbage.


class Encoder(object):
    """The encoder's three functions as methods."""

    def any(self, value):
        if isinstance(value, list):
            return self.list(value)
        if isinstance(value, dict):
            return self.dict(value)
        return iter([repr(value)])

    def list(self, values):
        for value in values:
            for chunk in self.any(value):
                yield chunk

    def dict(self, values):
        for key in values:
            for chunk in self.any(values[key]):
                yield chunk


def attempt(mode, case, lines):
    gc.collect()
    kept = None
    try:
        if mode == "outside":
            outside(case, lines)
        elif mode == "inside":
            kept = inside(case, lines)
        elif list(Encoder().any(DATA)) != ["1", "2", "3", "None", "'x'"]:
            raise AssertionError("the class computes something else")
    except (AttributeError, TypeError) as error:
        return {"raised": type(error).__name__}
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    kept = None
    left = sorted(found.__name__ for found in gc.garbage if isinstance(found, types.FunctionType))
    found = {"functions": left, "objects": len(gc.garbage)}
    del gc.garbage[:]
    return found


def main(mode, argument):
    gc.collect()
    gc.disable()
    if mode == "capture":
        return capture(argument)
    return [attempt(*trial) for trial in json.loads(argument)]


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
