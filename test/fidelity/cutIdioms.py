"""Reference cycles of many kinds, with the suggested line of code really put into their source.

`cutIdioms.py capture FILE`: runs all cases with the collector off, takes a snapshot, and prints what is left of each: [how
many tracked objects there are more than before, how many a collection finds]. Finalizers of generators that a
collection runs can leave it nothing to find.
`cutIdioms.py perform LINES`: LINES is JSON, {case: code}. Puts the code into each case's source and prints the same.

In a case's source the line that ends with `# CUT` is replaced by the code; from `# CUT =` on only what is assigned.
`# USE: x` gives what else the code makes necessary: the line becomes `x`.
"""
import gc
import json
import sys
import textwrap

import ouroboros_capture

CASES = {
    "parent": """
        class ParentChild(object):
            def __init__(self, parent):
                self.parent = parent  # CUT
                parent.children.append(self)
        class ParentOwner(object):
            def __init__(self):
                self.children = []
        def run():
            owner = ParentOwner()
            kept = [ParentChild(owner) for _ in range(3)]
    """,
    "peer": """
        class Peer(object):
            def link(self, peer):
                self.peer = peer  # CUT
        def run():
            one, other = Peer(), Peer()
            one.link(other)
            other.link(one)
    """,
    "exception": """
        def exception_case():
            error = None
            try:
                raise ValueError("x")
            except ValueError as caught:
                error = caught
            pass  # CUT
        run = exception_case
    """,
    "traceback": """
        def traceback_case():
            try:
                raise ValueError("x")
            except ValueError:
                tb = sys.exc_info()[2]
            pass  # CUT
        run = traceback_case
    """,
    "frame": """
        def frame_case():
            frame = sys._getframe()
            pass  # CUT
        run = frame_case
    """,
    "stored": """
        class StoredJob(object):
            def run(self):
                try:
                    raise ValueError("x")
                except ValueError as caught:
                    self.error = caught
                pass  # CUT
        def run():
            StoredJob().run()
    """,
    "method": """
        class MethodOwner(object):
            def __init__(self):
                self.callback = self.on_event  # CUT
            def on_event(self):
                pass
        def run():
            MethodOwner()
    """,
    "listener": """
        class ListenerHub(object):
            def __init__(self):
                self.listeners = []
        class ListenerOne(object):
            def __init__(self, hub):
                obj = self
                self.hub = hub
                held = obj.on_event  # CUT =
                hub.listeners.append(held)
            def on_event(self):
                pass
        def run():
            ListenerOne(ListenerHub())
    """,
    "capture": """
        class CaptureOwner(object):
            def __init__(self):
                pass  # CUT
                def handler():
                    return self  # USE: return self_ref()
                self.handler = handler
        def run():
            CaptureOwner().handler()
    """,
    "cell": """
        def cell_case():
            def cell_walk(depth):
                return cell_walk(depth - 1) if depth else 0
            cell_walk(3)
            pass  # CUT
        run = cell_case
    """,
    "content": """
        def content_case():
            items = []
            def content_reader():
                return items
            items.append(content_reader)
            pass  # CUT
            content_reader = None
        run = content_case
    """,
    "generator": """
        class GeneratorOwner(object):
            def __init__(self):
                self.rows = self.read()
                next(self.rows)
            def read(self):
                yield 1
                yield 2
            def close(self):
                pass  # CUT
        def run():
            GeneratorOwner().close()
    """,
    "own": """
        def own_case():
            me = yield
            pass  # CUT
            yield 1
        def run():
            generator = own_case()
            next(generator)
            generator.send(generator)
    """,
    "cached": """
        class CachedOwner(object):
            def __init__(self):
                self.get = functools.lru_cache(maxsize=None)(self.compute)
                self.get()
            def compute(self):
                return 1
            def close(self):
                pass  # CUT
        def run():
            CachedOwner().close()
    """,
    "value": """
        class ValueOwner(object):
            def __init__(self):
                self.registry = {"name": self}
            def close(self):
                pass  # CUT
        def run():
            ValueOwner().close()
    """,
    "frozen": """
        class FrozenOwner(object):
            def __init__(self):
                self.group = frozenset([self])
            def close(self):
                pass  # CUT
        def run():
            FrozenOwner().close()
    """,
    "namespace": """
        def namespace_case():
            namespace = {}
            exec(NAMESPACE, namespace)
            pass  # CUT
        run = namespace_case
    """,
}
NAMESPACE = "def namespace_f(): return namespace_g()\ndef namespace_g(): return namespace_f"
# Exceptions hold their tracebacks from 3 on, and functools has lru_cache then.
ONLY_3 = ("exception", "stored", "cached")


def put_in(source, code):
    lines = []
    for line in source.splitlines():
        indent = line[:len(line) - len(line.lstrip())]
        if line.endswith("# CUT"):
            line = indent + code
        elif line.endswith("# CUT ="):
            line = line.partition("=")[0] + "= " + code
        elif "# USE: " in line:
            line = indent + line.partition("# USE: ")[2]
        lines.append(line)
    return "\n".join(lines)


def main(mode, argument):
    codes = json.loads(argument) if mode == "perform" else {}
    kept = []
    # The cases' own functions refer to their namespace, which stays.
    for case in sorted(CASES):
        if case in ONLY_3 and sys.version_info[0] == 2:
            continue
        source = textwrap.dedent(CASES[case])
        names = {"NAMESPACE": NAMESPACE}
        exec("import functools, sys, weakref", names)
        exec(put_in(source, codes[case]) if case in codes else source, names)
        kept.append((case, names))
    gc.collect()
    gc.disable()
    if mode == "capture":
        for _, names in kept:
            run(names)
        ouroboros_capture.snapshot(argument)
    left = {}
    for case, names in kept:
        run(names)  # What a first run makes for good is no leak.
        gc.collect()
        before = len(gc.get_objects())
        run(names)
        more = len(gc.get_objects()) - before
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        gc.set_debug(0)
        left[case] = [more, len(gc.garbage)]
        del gc.garbage[:]
        gc.collect()
    return left


def run(names):
    names["run"]()
    if sys.version_info[0] == 2:
        sys.exc_clear()


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
