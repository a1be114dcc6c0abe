/** Texts of rules about what keeps something else alive. Placeholders as in `catalogue`. */
export const pinTexts = {
  "traceback.title":
    "{place} keeps {count:count} {count:traceback|tracebacks} alive, and with their frames {bytes:bytes}",
  "traceback.why":
    "A traceback keeps the frames that the exception went through, with all their variables: those of {functions} keep most.",
  "traceback.fix":
    "keep what you need of it as text (traceback.format_exc()), or take the traceback off: error.with_traceback(None), traceback.clear_frames(error.__traceback__)",
  "traceback.fix-2": "keep what you need of it as text (traceback.format_exc()), not sys.exc_info()",
  "lru-self.title":
    "functools.lru_cache of {class}.{method}() keeps {count:count} {count:instance|instances} alive, {bytes:bytes}",
  "lru-self.why":
    "self is part of each key, and the cache, which has no bound, belongs to the class: no instance that has called it is ever freed.",
  "lru-self.why-bounded":
    "self is part of each key, and the cache belongs to the class: an instance that has called it stays until {limit:count} newer results have pushed its own out.",
  "lru-self.fix":
    "use functools.cached_property, make {method} a staticmethod of what the result depends on, or give each instance a cache of its own",
  "threads.title":
    "{count:count} {count:thread keeps|threads keep} {bytes:bytes} in the variable {name} of {function}()",
  "threads.why": "A function that waits keeps what its variables had last, until they get another value or it returns.",
  "threads.fix":
    "del {name} before the wait, or do the work in a function of its own, which lets go of it when it returns",
  "threads.local-title": "the thread-local {place} keeps {bytes:bytes} for {count:count} {count:thread|threads}",
  "threads.local-why": "What a thread puts there stays as long as the thread; most is in {name}.",
  "threads.local-fix": "del {name} when the work is done, or give it a bound",
  "contexts.title": "{count:count} contexts keep values of {name}, {bytes:bytes}",
  "contexts.why": "A copy of a context keeps each variable's value ({type}) as long as it is kept itself: by {place}.",
  "contexts.why-unnamed":
    "A copy of a context keeps each variable's value ({type}) as long as it is kept itself: each task, timer and callback of asyncio has one.",
  "contexts.fix":
    "{name}.reset(token) before the context is copied, start what outlives the request in an empty context (context=contextvars.Context()), or keep a small value in it",
  "callbacks.title": "{place} keeps {count:count} {type} alive by their callbacks, {bytes:bytes}",
  "callbacks.title-outside":
    "something outside the heap (atexit, C code) keeps {count:count} {type} alive by their callbacks, {bytes:bytes}",
  "callbacks.why": "Nothing else refers to them: {name}() is registered and never taken out, and it keeps its {type}.",
  "callbacks.fix": "take the callback out when its object is done with, or register weakref.WeakMethod(object.method)",
  "callbacks.fix-outside":
    "unregister it when its object is done with (atexit.unregister), or register a function that holds the object weakly",
  "weak.title-keys": "{place} keeps {count:count} {type} alive, its own keys, {bytes:bytes}",
  "weak.why-keys":
    "The values of a WeakKeyDictionary are held strongly, and these refer to their keys: no entry ever goes.",
  "weak.fix-keys":
    "let the value hold its key weakly (weakref.ref, weakref.proxy), or keep the value as an attribute of the key",
  "weak.title-finalize": "weakref.finalize keeps {count:count} {type} alive, {bytes:bytes}",
  "weak.why-finalize":
    "Its callback or an argument refers to the very object that it waits for (a bound method does), so that never dies.",
  "weak.fix-finalize": "give it a function and what is to be cleaned up, not self.method or self",
  "weak.title-dead": "{place} holds {count:count} weak references to objects that are gone, {bytes:bytes}",
  "weak.why-dead": "Nothing takes a weak reference out of a container when its object dies, unless a callback does.",
  "weak.fix-dead":
    "take it out in the weak reference's callback, or use weakref.WeakSet, WeakValueDictionary, WeakKeyDictionary",
} as const;
