/** Texts of rules about things of which there are too many. Placeholders as in `catalogue`. */
export const pileTexts = {
  "types.title": "{count:count} classes are called {name}, {bytes:bytes}",
  "types.why-held":
    "A class is made anew each time the code that defines it runs, and {count:count} of them are kept by {place}.",
  "types.why-garbage":
    "A class is made anew each time the code that defines it runs, and each refers to itself: {count:count} wait for the collector.",
  "types.fix":
    "make the class once, in its module, or keep those that were made by what they depend on (functools.lru_cache)",
  "uncollectable.title-kept": "gc.garbage keeps {count:count} objects ({types}), {bytes:bytes}",
  "uncollectable.why-kept":
    "The collector puts there what it can't free, and everything it finds while gc.DEBUG_SAVEALL is set; nothing takes it out by itself.",
  "uncollectable.fix-kept":
    "call gc.set_debug(0) and del gc.garbage[:]; in Python 2, break the cycle before, or do without __del__",
  "uncollectable.title-aside": "{count:count} objects can't be freed by the collector ({types}), {bytes:bytes}",
  "uncollectable.why-aside": "They are in cycles with a finalizer (__del__) and so end up in gc.garbage.",
  "uncollectable.fix-aside":
    "break the cycle before the last reference goes, hold one side weakly, or do without __del__",
  "generators.title": "{count:count} generators of {name}() are suspended and kept, {bytes:bytes}",
  "generators.why": "A suspended generator keeps all its variables. They are kept by {place}.",
  "generators.why-line":
    "A suspended generator keeps all its variables. They wait at line {line}, and are kept by {place}.",
  "generators.fix": "close() a generator that is not run to its end (contextlib.closing), and let go of it",
  "tasks.title": "{count:count} tasks of {name} wait, {bytes:bytes}",
  "tasks.why": "Each waits for something that has not come, and keeps its coroutine's variables.",
  "tasks.why-line": "All wait in {name} at {file}:{line}, and keep their coroutines' variables.",
  "tasks.fix":
    "cancel() a task whose result nobody waits for any more, or wait with a timeout (asyncio.timeout, asyncio.wait_for)",
  "tasks.title-done": "{count:count} tasks of {name} are done and kept, {bytes:bytes}",
  "tasks.why-done": "A task keeps its result or its exception. They are kept by {place}.",
  "tasks.why-done-unnamed": "A task keeps its result or its exception.",
  "tasks.fix-done":
    "take a task out when it is done: task.add_done_callback(tasks.discard), or use an asyncio.TaskGroup",
  "zombies.title": "{count:count} code objects keep the frame of their last call, {bytes:bytes} ({name}() the largest)",
  "zombies.why": "Up to Python 3.10 each code object that was called keeps a frame for its next call.",
  "zombies.fix":
    "let functions share one code object (a closure, functools.partial) instead of generating code for each, or move to 3.11",
  "duplicates.title":
    "{count:count} {type} objects have {values:count} {values:value|values}: {saved:bytes} would do with one object each less",
  "duplicates.why": "Most often: {named}. One object can stand for all equal ones, since none of them can change.",
  "duplicates.why-held":
    "Most often: {named} (some in {place}). One object can stand for all equal ones, since none of them can change.",
  "duplicates.fix-text": "share them where they are read: sys.intern(text), or a dict from each value to itself",
  "duplicates.fix":
    "share them where they are read, by a dict from each value to itself: values.setdefault((type(value), repr(value)), value)",
  "logging.title-handlers": "the logger {logger} has {count:count} handlers of type {type}, {bytes:bytes}",
  "logging.why-handlers": "addHandler is called again and again for one logger; each record goes to every one of them.",
  "logging.fix-handlers": "add the handler once, when the module is loaded, or look first: if not logger.handlers",
  "logging.title-loggers": "{count:count} loggers are called {prefix}…, {bytes:bytes}",
  "logging.why-loggers": "logging keeps each logger for ever (Manager.loggerDict), and each has a name of its own.",
  "logging.fix-loggers": "use one logger, and put what differs into the record: logging.LoggerAdapter, or extra=",
  "logging.title-records": "{count:count} records (logging.LogRecord) are kept, {bytes:bytes}",
  "logging.why-records": "A record keeps its arguments, and with exc_info a traceback.",
  "logging.why-records-held": "A record keeps its arguments, and with exc_info a traceback. They are kept by {place}.",
  "logging.fix-records": "give the buffer a bound or a target (MemoryHandler.setTarget), or keep the formatted text",
  "arenas.title": "{name} keeps {count:count} nearly empty arenas from going back to the system, {bytes:bytes}",
  "arenas.title-shared": "{names} together keep {count:count} nearly empty arenas from going back, {bytes:bytes}",
  "arenas.why":
    "{objects:count} objects with {used:bytes} of small blocks lie scattered in them. An arena is given back only when none of its blocks is in use.",
  "arenas.fix":
    "let go of these objects (`arenas --suggest` tells which suffice) and call gc.collect(), which empties free lists; or make them before the peak, or replace them when it is over by copies with all that is in them: pickle.loads(pickle.dumps(…)). copy.deepcopy shares texts and numbers, which then stay where they are",
  "surplus.title":
    "{surplus:count} references to {count:count} objects of type {type} are explained by nothing in the heap, {bytes:bytes}",
  "surplus.why":
    "C code may hold them rightly, or may have forgotten to let go (Py_DECREF): most are to {id}, {most:count} of them. Only growth over several snapshots tells.",
} as const;
