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
} as const;
