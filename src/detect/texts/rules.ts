import type { Severity } from "../Finding.js";

/** A rule told apart from any finding: what docs/RULES.md says of it, in a sentence each. */
export interface RuleText {
  /** The usual severity of what it finds; a finding may have another. */
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** The rules by name. */
export const ruleTexts: Readonly<Record<string, RuleText>> = {
  "closure-cycle": {
    severity: "warning",
    what: "A function holds itself through its own closure.",
    why: "Its reference count never falls to zero, so that only the collector frees it, and all that it closes over.",
    fix: "Clear the variable after its last use, or write a class instead of the closure.",
  },
  "object-cycle": {
    severity: "warning",
    what: "Objects refer to each other in a circle.",
    why: "Their reference counts never fall to zero, so that only the collector frees them, and all that hangs on them.",
    fix: "Make one reference weak (mostly the one to the parent), delete a stored exception, or set what is done with to None.",
  },
  "unbounded-cache": {
    severity: "warning",
    what: "A container that is held for good keeps many entries that nothing else needs.",
    why: "Nothing takes entries out, so that it grows as long as the program runs; one snapshot can't tell it from a constant table.",
    fix: "Give it a bound, an expiry, or weak values.",
  },
  "traceback-pin": {
    severity: "warning",
    what: "A traceback is held for good, by a stored exception or by what sys.exc_info() returned.",
    why: "A traceback keeps each frame that the exception went through, with all variables.",
    fix: "Keep the text only, or call error.with_traceback(None) or traceback.clear_frames().",
  },
  "lru-cache-self": {
    severity: "warning",
    what: "functools.lru_cache on a method keeps the instances of the class.",
    why: "self is part of each key, and the cache lives as long as the class.",
    fix: "Use cached_property, a cache of each instance, or a static method.",
  },
  "task-pile": {
    severity: "warning",
    what: "Many asyncio tasks of one coroutine wait at one line, or are done and kept.",
    why: "A pending task keeps its coroutine's variables, one that is done its result or its exception.",
    fix: "Cancel a task that nobody waits for, wait with a timeout, and discard tasks when they are done.",
  },
  "generator-pile": {
    severity: "warning",
    what: "Many suspended generators of one function are kept.",
    why: "A suspended generator keeps all its variables, and has not run its finally blocks.",
    fix: "Call close() on what is not run to its end (contextlib.closing, aclose()), and let go of it.",
  },
  "type-explosion": {
    severity: "warning",
    what: "Many classes have one name: a class is made anew by each call.",
    why: "A class refers to itself, and is kept by registries.",
    fix: "Make the class once, or keep those that were made.",
  },
  "callback-pin": {
    severity: "warning",
    what: "Objects live only because their bound methods, or closures over them, are registered as callbacks.",
    why: "The registry keeps the method, and the method its object.",
    fix: "Take the callback out when the object is done with, or register a weakref.WeakMethod.",
  },
  "context-pin": {
    severity: "warning",
    what: "Values of a context variable are kept by nothing but contexts.",
    why: "A copy of a context keeps all values, and each task, timer and callback of asyncio has one.",
    fix: "Reset the variable with its token, start what outlives the request in an empty context, and keep values small.",
  },
  "thread-pin": {
    severity: "warning",
    what: "A waiting thread's variables, or its thread-local objects, keep a large part of the heap.",
    why: "A function that waits keeps what its variables had last; what is thread-local stays as long as the thread.",
    fix: "Delete the variable before the wait, or do the work in a function of its own.",
  },
  "weak-misuse": {
    severity: "warning",
    what: "What was meant to be held weakly is held strongly, or dead weak references are never taken out.",
    why: "A value that refers to its weak key, or a finalizer that refers to its object, keeps it for ever.",
    fix: "Hold the key weakly in the value, give weakref.finalize a function instead of a method, and remove entries in the callback.",
  },
  "logging-growth": {
    severity: "warning",
    what: "Handlers, loggers or log records pile up.",
    why: "Handlers that are added in each request, and loggers that are named after each request, stay for good.",
    fix: "Configure logging once, use a LoggerAdapter for what differs, and give a buffer a target.",
  },
  "zombie-frames": {
    severity: "warning",
    what: "Code objects keep the frames of their last calls (up to Python 3.10).",
    why: "Each code object that was called keeps one frame, and generated code has many code objects.",
    fix: "Let functions share one code object (a closure), or move to Python 3.11.",
  },
  "arena-pin": {
    severity: "warning",
    what: "Few objects keep many nearly empty arenas of the allocator from going back to the system.",
    why: "An arena goes back only when no block in it is in use, and survivors of a peak lie scattered over many.",
    fix: "Let go of the survivors and call gc.collect(), or make them before the peak.",
  },
  "duplicate-values": {
    severity: "warning",
    what: "Many equal texts, numbers or tuples are objects of their own.",
    why: "Nothing leaks, but one object could stand for all that are equal; parsers make a new one for each occurrence.",
    fix: "Use sys.intern, or a dict from each value to itself; in JavaScript a Map.",
  },
  "refcount-surplus": {
    severity: "info",
    what: "Objects have more references than anything in the heap explains.",
    why: "An extension that forgets a Py_DECREF keeps an object for ever; one that holds it rightly looks the same.",
    fix: "Compare several snapshots; if the number grows, look for the missing Py_DECREF in the C code.",
  },
  uncollectable: {
    severity: "error",
    what: "Objects can't be freed by the collector, or stand in gc.garbage.",
    why: "In Python 2.7 a cycle with __del__ is set aside, and so is all garbage anywhere while gc.DEBUG_SAVEALL is set.",
    fix: "Break the cycle before the last reference goes, or call gc.set_debug(0) and empty gc.garbage.",
  },
  "dead-closure-variable": {
    severity: "warning",
    what: "A variable is kept by closures of which none reads it (V8).",
    why: "All closures of one call share its variables: one that stays keeps what another one needed.",
    fix: "Set the variable to null when the call is done with it, or make the closure that stays in a function of its own.",
  },
  "listener-pile": {
    severity: "warning",
    what: "Functions of one place are registered as listeners again and again (V8).",
    why: "An emitter keeps its listeners, and each keeps the variables around it.",
    fix: "Remove the listener when it is done with, or register it once.",
  },
  "timer-pile": {
    severity: "warning",
    what: "Timers that are set keep much (V8: Node's).",
    why: "A timer keeps its function, and the function the variables around it, until it is cleared.",
    fix: "Call clearInterval() or clearTimeout() when the timer is done with.",
  },
  "promise-pile": {
    severity: "warning",
    what: "Many calls of one function wait for promises that are not settled (V8).",
    why: "What waits is kept by whatever can settle it, with all its variables.",
    fix: "Settle promises in every case, on timeouts, errors and close.",
  },
  "detached-dom": {
    severity: "warning",
    what: "DOM nodes that were taken out of their document are still referred to (V8: a browser's).",
    why: "One reference from JavaScript to a node keeps the whole tree that it is in.",
    fix: "Let go of the nodes when they are removed, or hold them weakly.",
  },
};
