/** Texts of `unbounded-cache`. Placeholders as in `catalogue`. */
export const cacheTexts = {
  "cache.title": "{name} holds {entries:count} entries, {bytes:bytes}: perhaps a {what} without a bound",
  "cache.title-grows": "{name} holds {entries:count} entries, {bytes:bytes}, and {slope} more with each snapshot",
  "cache.function-title":
    "functools.lru_cache keeps {entries:count} results of {name}, {bytes:bytes}: its cache has no bound (maxsize=None)",
  "cache.fix-function": "give it a bound (maxsize=1024), or call its cache_clear() when the results are done with",
  "cache.why": "{sole:count} of its {entries:count} values ({share}%) are kept by this {type} alone. {uniform}{growth}",
  "cache.one-snapshot": "One snapshot can't show whether it grows: take more of them later, and compare them.",
  "cache.taken-out":
    "Entries are taken out of it in {file}, line {line}: it may be bounded. Compare snapshots to see whether it grows.",
  "cache.by-property":
    "The object that has it has a property {name}, too: it may be bounded. Compare snapshots to see whether it grows.",
  "cache.by-class": "It belongs to a {name}, which is made to be bounded.",
  "cache.filled-once": "No line of its file adds to it later: most likely it is filled once.",
  "cache.dict": "cache",
  "cache.list": "list",
  "cache.set": "set",
  "cache.uniform": "All alike: {type}. ",
  "cache.mixed": "",
  "cache.fix-dict":
    "bound it (functools.lru_cache(maxsize=...), an LRU dict), let entries expire, or use a WeakValueDictionary",
  "cache.fix-list": "give it a bound (collections.deque(maxlen=...)), or take entries out when they are done with",
  "cache.fix-set": "take entries out when they are done with, or use a weakref.WeakSet",
  "cache.js.fix-dict":
    "bound it (lru-cache with a max, or delete the oldest key when it is full), let entries expire, or use a WeakMap where the keys are objects",
  "cache.js.fix-list": "give it a bound (shift() the oldest out), or take entries out when they are done with",
  "cache.js.fix-set": "take entries out when they are done with, or use a WeakSet where they are objects",
  "cache.js.fix-function": "bound it, or clear it when the results are done with",
} as const;
