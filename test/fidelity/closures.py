"""Cycles of closures with the collector off: `python closures.py FOLDER CASE COUNT`.

Cases: `leaking` and `clean`, the recursive generator of the blog post and its remedy; `json`, the standard library's
own Python encoder. Writes FOLDER/CASE.pyheapsnapshot and FOLDER/CASE.json: the collector's answer (truth.py), with the
`file` and `line` of the innermost function that is in the cycle.
"""
import gc
import json.encoder
import os
import sys

import ouroboros_capture
import truth

json.encoder.c_make_encoder = None


def leaking(o):
    def listiter(items):
        for x in items:
            if isinstance(x, (list, tuple)):
                chunks = listiter(x)
                for i in chunks:
                    yield i
            else:
                yield x

    return listiter(o)


def clean(o):
    def listiter(items):
        for x in items:
            if isinstance(x, (list, tuple)):
                chunks = listiter(x)
                for i in chunks:
                    yield i
            else:
                yield x

    chunks = listiter(o)
    for i in chunks:
        yield i
    # The name belongs to this function, so that no `nonlocal` is needed: 2.7 can do this too.
    chunks = listiter = None


def run(case, count):
    """Runs a case so many times."""
    for number in range(count):
        data = [number, [100, 200], 3]
        if case == "json":
            json.dumps(data)
        elif list(CASES[case](data)) != [number, 100, 200, 3]:
            raise AssertionError(case)


CASES = {"leaking": leaking, "clean": clean, "json": json.encoder._make_iterencode}


def innermost(function):
    """The code object of the first function that is defined within another."""
    return next(constant for constant in function.__code__.co_consts if hasattr(constant, "co_firstlineno"))


def main(folder, case, count):
    run(case, 1)
    gc.collect()
    gc.disable()
    run(case, count)
    answer = truth.measure(ouroboros_capture.snapshot, os.path.join(folder, case + ".pyheapsnapshot"), [])
    code = innermost(CASES[case])
    answer["file"] = code.co_filename
    answer["line"] = code.co_firstlineno
    answer["function"] = code.co_name
    truth.write(os.path.join(folder, case + ".json"), answer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
