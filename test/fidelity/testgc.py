"""Runs this interpreter's own Lib/test/test_gc.py, with a snapshot before each explicit collection and the real
collector's answer to that very call: `python testgc.py FOLDER [TEST...]` (names of test methods; all without any).

Each `gc.collect(generation)` first forks a child. The child takes a snapshot (FOLDER/NUMBER.pyheapsnapshot) and asks,
in children of its own, what a collection of that generation finds, and then of the younger ones: test_gc itself leaves
nothing to find there. FOLDER/NUMBER.json is a list of [generation, answer]. The process of the tests goes on at once
and collects in earnest, so that its heap and its counts are as the tests expect.
Events go to standard output, one JSON array a line: ["call", number, generation, test], ["left-out-call", reason,
test], and for each test ["passed" | "failed" | "left-out", test, reason]. Exit status 3: test_gc is not installed.
"""
import ctypes
import gc
import json
import os
import signal
import sys
import traceback
import unittest

import forked
import ouroboros_capture

SUBPROCESS = "starts another interpreter and collects there"
LEFT_OUT = {
    "test_ast_fini": SUBPROCESS,
    "test_function_tp_clear_leaves_consistent_state": SUBPROCESS,
    "test_garbage_at_shutdown": SUBPROCESS,
    "test_gc_main_module_at_shutdown": SUBPROCESS,
    "test_gc_ordinary_module_at_shutdown": SUBPROCESS,
    "test_global_del_SystemExit": SUBPROCESS,
    "test_refcount_errors": SUBPROCESS + ", and needs a build without NDEBUG",
}
NO_GENERATIONS = "2.7 does not tell where its generations begin"
INSIDE_COLLECTION = "during another collection, where gc.collect does nothing"
AT_ONCE = 2  # children that record at the same time
EXIT_ABSENT, EXIT_FAILED, EXIT_INSIDE = 3, 4, 5

collect_in_earnest = gc.collect
# Through the C library, as the agent does: Python's own work after a fork would drop other threads' frames. The test
# that has threads joins them before it collects, so that no child waits for a lock that only a thread could release.
fork = ctypes.PyDLL(None).fork


class Recorder(object):
    """What the wrapper of gc.collect knows."""

    folder = ""
    events = -1  # descriptor
    calls = 0
    pending = []  # (pid, number, generation, test) of the children that record
    test = "(before the first test)"


def say(*event):
    os.write(Recorder.events, (json.dumps(event) + "\n").encode("ascii"))


def collect(generation=2):
    """Stands in for gc.collect: has the call recorded, then collects."""
    if generation not in (0, 1, 2):
        return collect_in_earnest(generation)
    if forked.PYTHON_2 and generation < 2:
        say("left-out-call", NO_GENERATIONS, Recorder.test)
        return collect_in_earnest(generation)
    settle(AT_ONCE - 1)
    Recorder.calls += 1
    pid = fork()
    if pid == 0:
        record(generation)
    Recorder.pending.append((pid, Recorder.calls, generation, Recorder.test))
    return collect_in_earnest(generation)


def settle(left):
    """Waits until no more than so many children are at work, and says what they did."""
    while len(Recorder.pending) > left:
        pid, number, generation, test = Recorder.pending.pop(0)
        status = os.waitpid(pid, 0)[1] if pid > 0 else -1
        if status == 0:
            say("call", number, generation, test)
        elif os.WIFEXITED(status) and os.WEXITSTATUS(status) == EXIT_INSIDE:
            say("left-out-call", INSIDE_COLLECTION, test)
        else:
            os.write(2, ("recording call %d in %s failed: status %d\n" % (number, test, status)).encode("ascii"))
            os._exit(EXIT_FAILED)


def record(generation):
    """In the child: takes the snapshot, asks the collector, writes the answers, and ends."""
    status = EXIT_FAILED
    signal.alarm(300)  # a child that hangs would outlive its parent
    try:
        gc.disable()
        gc.collect = collect_in_earnest
        path = os.path.join(Recorder.folder, str(Recorder.calls))
        scratch = path + ".answer"
        # 2.7 does not tell where its generations begin, so that there is nothing to compare.
        young = [] if forked.PYTHON_2 else [other for other in (0, 1) if other != generation]
        ouroboros_capture.snapshot(path + ".pyheapsnapshot")
        answers = [(asked, forked.forked(scratch, found, path, asked)) for asked in [generation] + young]
        with open(path + ".json", "w") as stream:
            stream.write(json.dumps(answers))
        status = 0
    except ouroboros_capture.InsideCollection:
        status = EXIT_INSIDE
    except BaseException:
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(status)


def found(path, generation):
    """What a collection finds, as it prints it. What is in gc.garbage stays there, and so alive."""
    printed = os.open(path + ".printed", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    saved, stderr, before = os.dup(2), sys.stderr, len(gc.garbage)
    os.dup2(printed, 2)
    del sys.stderr  # without it the collector prints with C's stdio and runs no Python code
    gc.set_debug(forked.FLAGS)
    collect_in_earnest(generation)
    gc.set_debug(0)
    sys.stderr = stderr
    os.dup2(saved, 2)
    answer = {"collectable": [], "uncollectable": [], "saveall": list(map(id, gc.garbage[before:]))}
    os.lseek(printed, 0, 0)
    with os.fdopen(printed, "rb") as stream:
        text = stream.read().decode("utf-8", "replace")
    os.remove(path + ".printed")
    for line in text.splitlines():
        match = forked.FOUND.match(line)
        if not match:
            raise AssertionError("unexpected while collecting: " + line)
        answer[match.group(1)].append(int(match.group(2), 16))
    return answer


class Result(unittest.TestResult):
    """Says how each test ends, and keeps nothing of it: an exception would keep frames alive."""

    def startTest(self, test):
        Recorder.test = method_name(test)

    def stopTest(self, test):
        Recorder.test = "(between tests)"

    def addSuccess(self, test):
        say("passed", method_name(test), "")

    def addError(self, test, err):
        reason = traceback.format_exception_only(err[0], err[1])[-1].strip()
        if "requires _testcapi" in reason:
            return self.addSkip(test, reason)
        lines = [frame[3] for frame in traceback.extract_tb(err[2]) if "test_gc." in frame[0]]
        say("failed", method_name(test), "%s: %s" % (lines[-1] if lines else "outside of test_gc", reason))

    addFailure = addError

    def addSkip(self, test, reason):
        say("left-out", method_name(test), reason)


def method_name(test):
    return test.id().rpartition(".")[2]


def choose(classes, wanted):
    """Returns the suite of the tests to run, and says which are left out."""
    suite = unittest.TestSuite()
    for kind in classes:
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(kind):
            name = method_name(test)
            if wanted and name not in wanted:
                continue
            if name in LEFT_OUT:
                say("left-out", name, LEFT_OUT[name])
            else:
                suite.addTest(test)
    return suite


def main(folder, wanted):
    Recorder.folder = folder
    Recorder.events = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # what the tests print
    os.close(null)
    try:
        from test import test_gc
    except ImportError:  # Linux distributions have the test suite in a package of its own
        os._exit(EXIT_ABSENT)
    gc.collect = collect
    if hasattr(test_gc, "test_main"):  # up to 3.9
        test_gc.run_unittest = lambda *classes: choose(classes, wanted).run(Result())
        test_gc.test_main()
    else:
        kinds = [kind for kind in vars(test_gc).values() if isinstance(kind, type)]
        choose([kind for kind in kinds if issubclass(kind, unittest.TestCase)], wanted).run(Result())
    gc.collect = collect_in_earnest
    settle(0)


if __name__ == "__main__":
    main(sys.argv[1], set(sys.argv[2:]))
